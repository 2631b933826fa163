"""Conjectures of this project: checked like theorems, never entered as ones."""
