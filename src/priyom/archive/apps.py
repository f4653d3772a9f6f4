"""Registers the room with Django."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Room `archive`."""

    name = "priyom.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"
