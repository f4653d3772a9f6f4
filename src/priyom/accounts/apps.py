"""Registers the room with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Room `accounts`."""

    name = "priyom.accounts"
    label = "accounts"
    verbose_name = "Учётные записи"
    default_auto_field = "django.db.models.BigAutoField"
