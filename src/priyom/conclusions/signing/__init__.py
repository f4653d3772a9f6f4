"""Signatures: made by several ways, checked by one; docs/decisions/0017-signing.md."""
