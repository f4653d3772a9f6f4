"""Registers the room with Django."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Room `schedule`."""

    name = "priyom.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"
