"""Estimates are near the truth: how near, under which conditions."""
