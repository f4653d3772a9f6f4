"""The demo region."""
