"""Addresses of the room."""

from django.urls import path

from priyom.registry import views

app_name = "registry"
_ONE = "desk/consultations/<uuid:consultation_id>/registration/"
urlpatterns = [
    path(_ONE, views.one, name="one"),
    path(f"{_ONE}<uuid:registration_id>/resend/", views.resend, name="resend"),
    path("desk/registrations/", views.overview, name="overview"),
]
