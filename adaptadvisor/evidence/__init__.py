"""Evidence: reading people's data before advice and their results after it, and what both say."""
