"""The look: tokens, components, base templates, tags. It knows no people and no tables."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """The room `ui`."""

    name = "priyom.ui"
    label = "ui"
