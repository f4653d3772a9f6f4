"""What people type to come in."""

from __future__ import annotations

from django import forms


class SignInForm(forms.Form):
    """Login and password of staff."""

    username = forms.CharField(
        label="Логин",
        max_length=150,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="Пароль",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
