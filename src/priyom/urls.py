"""All addresses: /my/… the patient portal, /desk/… the Telemedicine portal, each room its own."""

from django.urls import include, path

from priyom.accounts.admin import site

urlpatterns = [
    path("", include("priyom.portal.urls")),
    path("", include("priyom.accounts.urls")),
    path("", include("priyom.clinics.urls")),
    path("", include("priyom.consultations.urls")),
    path("", include("priyom.schedule.urls")),
    path("", include("priyom.intake.urls")),
    path("", include("priyom.chat.urls")),
    path("", include("priyom.calls.urls")),
    path("", include("priyom.conclusions.urls")),
    path("", include("priyom.archive.urls")),
    path("", include("priyom.reports.urls")),
    path("", include("priyom.aftercare.urls")),
    path("", include("priyom.registry.urls")),
    path("", include("priyom.patients.urls")),
    path("ui/", include("priyom.ui.urls")),
    path("admin/", site.urls),
]
