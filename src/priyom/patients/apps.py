"""Registers the room with Django."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Room `patients`."""

    name = "priyom.patients"
    label = "patients"
    default_auto_field = "django.db.models.BigAutoField"
