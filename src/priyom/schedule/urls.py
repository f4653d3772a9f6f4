"""Addresses of the room."""

from django.urls import path

from priyom.schedule import views

app_name = "schedule"
urlpatterns = [
    path("desk/schedule/", views.day, name="day"),
    path("desk/schedule/<uuid:slot_id>/block/", views.block, name="block"),
    path("desk/schedule/<uuid:slot_id>/unblock/", views.unblock, name="unblock"),
]
