"""Registers the room with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Room `files`."""

    name = "priyom.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
