"""Measurements at full size; run by hand, each with a small mode that a test runs."""
