"""Convergence: of the iterations that minimise, and of the networks that unfold them."""
