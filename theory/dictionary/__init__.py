"""Facts about dictionaries."""
