"""Only the addresses of this room, so that its tests need no other."""

from django.urls import include, path

urlpatterns = [path("ui/", include("priyom.ui.urls"))]
