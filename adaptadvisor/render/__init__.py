"""Faces of a recommendation. Each takes the value and returns text; none of them knows where it
goes.
"""
