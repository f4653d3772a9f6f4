"""Addresses of the room."""

from django.urls import path

from priyom.patients import views

app_name = "patients"
urlpatterns = [
    path("desk/patients/search/", views.search, name="search"),
    path("desk/patients/new/", views.new, name="new"),
    path("desk/patients/<uuid:patient>/", views.card, name="card"),
]
