"""Registers the room with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Room `audit`."""

    name = "priyom.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
