"""A certificate as JSON data and as text; what it is of is computed elsewhere."""

from sparsebound.reports.certificate.document import document
from sparsebound.reports.certificate.text import text

__all__ = ["document", "text"]
