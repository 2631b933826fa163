"""Oracles: they find evidence by any means; `theory` works out what it proves."""
