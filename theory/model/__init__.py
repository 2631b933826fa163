"""Theorems on the model itself."""
