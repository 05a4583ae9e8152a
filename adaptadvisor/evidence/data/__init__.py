"""Data files in: rows of any of the usual shapes, and what a set of them holds."""
