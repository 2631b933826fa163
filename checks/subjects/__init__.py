"""Subjects: algorithms and networks that the theorems speak about, as people write them."""
