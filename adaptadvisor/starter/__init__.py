"""A folder to start from: a plan, facts and the names of one's files become texts by their paths.

The templates are the files in `templates/`; `tests/starter_fields.py` reads from the tools' own
packages which fields they have, and the tests hold the templates against that.
"""
