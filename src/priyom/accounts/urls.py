"""Addresses of the room."""

from django.urls import path

from priyom.accounts import views

app_name = "accounts"
urlpatterns = [
    path("my/ticket", views.ticket, name="my_ticket"),
    path("desk/ticket", views.ticket, name="desk_ticket"),
]
