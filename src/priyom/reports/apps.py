"""Registers the room with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Room `reports`."""

    name = "priyom.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"
