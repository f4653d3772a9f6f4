"""Addresses of the room; whoever has not signed in is led to the desk's door first."""

from django.urls import path

from priyom.clinics.doors import staff_only
from priyom.clinics.models import Role
from priyom.patients import views

app_name = "patients"
urlpatterns = [
    path("desk/patients/search/", staff_only()(views.search), name="search"),
    path("desk/patients/new/", staff_only(Role.REGISTRAR)(views.new), name="new"),
    path("desk/patients/<uuid:patient>/", staff_only()(views.card), name="card"),
]
