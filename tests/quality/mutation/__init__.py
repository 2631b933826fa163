"""One-line mutations of our own source, one at a time: which of them do the tests notice?

``python -m tests.quality.mutation --help``; ``tox -e mutation`` at night.
"""
