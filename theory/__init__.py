"""Theorems of sparse coding as executable predicates."""
