"""Addresses of the room: sign-in and sign-out of both portals, the gateway's ticket."""

from django.urls import path

from priyom.accounts import desk, views

app_name = "accounts"
urlpatterns = [
    path("my/sign-in/", views.sign_in, name="sign_in"),
    path("my/esia/callback/", views.callback, name="callback"),
    path("my/sign-out/", views.sign_out, name="sign_out"),
    path("my/ticket", views.ticket, name="my_ticket"),
    path("desk/sign-in/", desk.sign_in, name="desk_sign_in"),
    path("desk/sign-out/", views.sign_out, name="desk_sign_out"),
    path("desk/ticket", views.ticket, name="desk_ticket"),
]
