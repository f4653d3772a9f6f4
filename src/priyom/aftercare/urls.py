"""Addresses of what follows a consultation."""

from django.urls import path

from priyom.aftercare import views

app_name = "aftercare"
_MY = "my/consultations/<uuid:consultation_id>/conclusion/"
_SHARED = "shared/<uuid:share_id>/<str:seal>/"
urlpatterns = [
    path(_MY, views.paper, name="paper"),
    path(f"{_MY}understand/", views.understand, name="understand"),
    path(f"{_MY}question/", views.question, name="question"),
    path(f"{_MY}reminder.ics", views.calendar, name="calendar"),
    path(f"{_MY}share/", views.share, name="share"),
    path(f"{_MY}share/<uuid:share_id>/revoke/", views.revoke, name="revoke"),
    path(
        "desk/consultations/<uuid:consultation_id>/understood/",
        views.understood,
        name="understood",
    ),
    path(_SHARED, views.shared, name="shared"),
    path(f"{_SHARED}v<int:version>.pdf", views.shared_pdf, name="shared-pdf"),
]
