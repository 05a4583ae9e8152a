"""The lab: one frozen encoding of the texts, several heads on it, and what that tells."""
