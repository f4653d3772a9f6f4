"""Organisations, doctors, staff."""
