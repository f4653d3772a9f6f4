"""The consultation, its consent and its log."""
