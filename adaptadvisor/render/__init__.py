"""The forms of a recommendation: each takes the value and returns text."""
