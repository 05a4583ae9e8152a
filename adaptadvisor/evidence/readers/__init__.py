"""Result files of evaluation tools in, outcomes out: a module per tool, and one that tells them."""
