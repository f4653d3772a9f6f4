"""Addresses of the figures."""

from django.urls import path

from priyom.reports import views

app_name = "reports"
urlpatterns = [
    path("desk/figures/", views.figures, name="figures"),
    path("desk/figures/waits/", views.waits, name="waits"),
    path("desk/figures/waits.csv", views.waits_file, name="waits-file"),
    path("desk/figures/waits/<slug:what>/", views.waits_list, name="waits-list"),
    path("desk/figures/waits/<slug:what>.csv", views.waits_list_file, name="waits-list-file"),
    path("desk/figures/<slug:key>/", views.behind, name="behind"),
]
