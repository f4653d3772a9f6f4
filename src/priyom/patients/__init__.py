"""The patient index."""
