"""Addresses of the room."""

from django.urls import URLPattern

app_name = "conclusions"
urlpatterns: list[URLPattern] = []
