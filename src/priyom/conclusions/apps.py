"""Registers the room with Django."""

from django.apps import AppConfig


class ConclusionsConfig(AppConfig):
    """Room `conclusions`."""

    name = "priyom.conclusions"
    label = "conclusions"
    default_auto_field = "django.db.models.BigAutoField"
