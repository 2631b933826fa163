"""What the theorems guarantee for a given dictionary, network or code.

Pure functions from enclosures of a dictionary's quantities to frozen results; every number is a
:class:`~sparsebound.theory.guarantees.figure.Figure`, which says what it is.
"""
