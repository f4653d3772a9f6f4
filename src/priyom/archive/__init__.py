"""Closed talks: sealed, packed for whoever may have them, kept for their term."""
