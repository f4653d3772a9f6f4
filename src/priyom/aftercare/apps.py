"""Registers the room with Django."""

from django.apps import AppConfig


class AftercareConfig(AppConfig):
    """Room `aftercare`."""

    name = "priyom.aftercare"
    label = "aftercare"
    default_auto_field = "django.db.models.BigAutoField"
