"""Addresses of the figures."""

from django.urls import path

from priyom.reports import views

app_name = "reports"
urlpatterns = [
    path("desk/figures/", views.figures, name="figures"),
    path("desk/figures/<slug:key>/", views.behind, name="behind"),
]
