"""Registers the room with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Room `notices`."""

    name = "priyom.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
