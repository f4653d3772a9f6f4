"""Registers the room with Django."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """Room `calls`."""

    name = "priyom.calls"
    label = "calls"
    default_auto_field = "django.db.models.BigAutoField"
