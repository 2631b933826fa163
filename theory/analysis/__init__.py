"""The machinery of proofs: descent along iterations, unfolded networks, cascades, the Lasso.

Where :mod:`sparsebound.theory.quantities` says what a dictionary or a code is like, these modules
say what a run did: its defects, its rounding, and the bounds that follow from them.
"""
