"""The application: strategies, networks, oracles and the runner that checks the theorems."""
