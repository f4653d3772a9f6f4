"""Doors of the portal."""
