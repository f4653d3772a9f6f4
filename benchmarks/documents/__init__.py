"""Conclusions as they are made, and the classification as it is searched."""
