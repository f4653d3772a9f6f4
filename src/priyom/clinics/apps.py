"""Registers the room with Django."""

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    """Room `clinics`."""

    name = "priyom.clinics"
    label = "clinics"
    verbose_name = "Медицинские организации"
    default_auto_field = "django.db.models.BigAutoField"
