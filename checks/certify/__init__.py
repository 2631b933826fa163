"""Certify a dictionary, a network or codes of one's own: ``sparsebound certify``.

>>> found = certify([[1, 0, 3], [0, 1, 4]])
>>> found.dictionary.pair, found.guarantees[0].largest
((1, 2), 1)
"""

from sparsebound.checks.certify.adding import AddedCodes, add_codes
from sparsebound.checks.certify.certificate import Certificate
from sparsebound.checks.certify.engine import certify
from sparsebound.checks.certify.filters import Layout

__all__ = ["AddedCodes", "Certificate", "Layout", "add_codes", "certify"]
