"""Which atoms to keep."""
