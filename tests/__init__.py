"""Tests that cross rooms. A package: one on the path (gostcrypto) brings a `tests` of its own."""
