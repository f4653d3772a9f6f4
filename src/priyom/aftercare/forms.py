"""The form of a question about an advice."""

from __future__ import annotations

from django import forms

from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import Refusal

LONGEST = 1000


class QuestionForm(forms.Form):
    """A few words, and how to reach who asks."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    question = forms.CharField(
        label="Что непонятно",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Напишите, что непонятно: хотя бы несколько слов."},
    )
    phone = forms.CharField(
        label="Телефон",
        max_length=24,
        widget=forms.TextInput(attrs={"type": "tel"}),
        error_messages={"required": "Впишите телефон: по нему ответят."},
    )
    email = forms.EmailField(
        label="Почта",
        max_length=254,
        required=False,
        error_messages={"invalid": "Проверьте адрес: имя, знак @ и сайт. Например, anna@mail.ru."},
    )

    def clean_phone(self) -> str:
        """Return the number as typed when it is one."""
        typed = str(self.cleaned_data["phone"])
        if normal_phone(typed) is None:
            raise forms.ValidationError("Это не похоже на телефон. Нужно 10 цифр: 921 555-10-20.")
        return typed

    def take_refusal(self, refusal: Refusal) -> None:
        """Put a refusal of the act beside its field, or on top of the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.text)
