"""Requests and applications."""
