"""Registers the room with Django."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Room `intake`."""

    name = "priyom.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
