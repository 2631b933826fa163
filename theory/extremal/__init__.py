"""Extremal instances: where theorems are attained, or their mutants fail; one module a subject.

Each construction takes a size (1, 2, ...; 1 is the smallest). Data are integers or dyadic numbers
wherever the mathematics allows it, so that equality is decided exactly.
"""
