"""All addresses: /my/… the patient portal, /desk/… the Telemedicine portal, each room its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("priyom.portal.urls")),
    path("", include("priyom.accounts.urls")),
    path("", include("priyom.consultations.urls")),
    path("", include("priyom.intake.urls")),
    path("", include("priyom.chat.urls")),
    path("", include("priyom.calls.urls")),
    path("", include("priyom.conclusions.urls")),
    path("", include("priyom.reports.urls")),
    path("", include("priyom.patients.urls")),
    path("ui/", include("priyom.ui.urls")),
    path("admin/", admin.site.urls),
]
