"""Iterations and pursuits: the ground under oracles, networks and subjects."""
