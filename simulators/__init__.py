"""Outer worlds that start offline and refuse what the real ones refuse."""
