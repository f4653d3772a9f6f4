"""Home pages of the roles and the page of one consultation."""

from django.urls import path

from priyom.portal.views import front, health

app_name = "portal"
urlpatterns = [
    path("", front.front, name="front"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]
