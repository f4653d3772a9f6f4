"""Addresses of the look, under /ui/."""

from django.urls import path

from priyom.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.living, name="living"),
    path("vision", views.vision, name="vision"),
    path("theme", views.theme, name="theme"),
    path("sheet-<slug:digest>.css", views.styles, name="styles"),
]
