"""Registers the room with Django."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Room `chat`."""

    name = "priyom.chat"
    label = "chat"
    default_auto_field = "django.db.models.BigAutoField"
