"""Certify a dictionary, a network or codes of one's own: ``sparsebound certify``."""
