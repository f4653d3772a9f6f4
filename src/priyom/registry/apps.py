"""Registers the room with Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Room `registry`."""

    name = "priyom.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
