"""Registers the room with Django."""

from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    """Room `consultations`."""

    name = "priyom.consultations"
    label = "consultations"
    default_auto_field = "django.db.models.BigAutoField"
