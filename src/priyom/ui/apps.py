"""The look: tokens, components, base templates, tags. It knows no people and no tables."""

from django import forms
from django.apps import AppConfig

_KIND: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "Заполните это поле"},
    forms.CharField: {"required": "Заполните это поле"},
    forms.BooleanField: {"required": "Отметьте, чтобы продолжить"},
    forms.ChoiceField: {
        "required": "Выберите что-нибудь одно",
        "invalid_choice": "Такого варианта уже нет. Выберите другой",
    },
    forms.MultipleChoiceField: {"required": "Выберите хотя бы один вариант"},
    forms.DateField: {
        "required": "Укажите дату",
        "invalid": "Такой даты нет. Проверьте день, месяц и год",
    },
    forms.EmailField: {"invalid": "Проверьте адрес. Например: anna@yandex.ru"},
    forms.IntegerField: {"required": "Укажите число", "invalid": "Здесь нужно целое число"},
    forms.FileField: {"required": "Выберите файл", "empty": "Файл пустой. Выберите другой"},
}


class UiConfig(AppConfig):
    """The room `ui`."""

    name = "priyom.ui"
    label = "ui"

    def ready(self) -> None:
        """Say what to do next where Django says «некорректные данные»; a field may say better."""
        for field, words in _KIND.items():
            field.default_error_messages = {**field.default_error_messages, **words}
