"""Registers the room with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Room `demo`."""

    name = "priyom.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
