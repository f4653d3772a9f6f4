"""Registers the room with Django."""

from django.apps import AppConfig


class Icd10Config(AppConfig):
    """Room `icd10`."""

    name = "priyom.icd10"
    label = "icd10"
    default_auto_field = "django.db.models.BigAutoField"
