"""The checks on results: a module each; every one gives a `Finding`."""
