"""Addresses of the room."""

from django.urls import path

from priyom.clinics import views

app_name = "clinics"
urlpatterns = [path("desk/post/", views.post, name="post")]
