"""Addresses of the calls, the same under both portals."""

from django.urls import URLPattern, path

from priyom.calls import views
from priyom.clinics.doors import patient_only, staff_only
from priyom.clinics.models import Role

app_name = "calls"
urlpatterns: list[URLPattern] = []
for _root, _door in (("my", patient_only), ("desk", staff_only(Role.DOCTOR))):
    urlpatterns += [
        path(
            f"{_root}/consultations/<uuid:consultation_id>/call/",
            _door(views.ring),
            name=f"{_root}-ring",
        ),
        path(
            f"{_root}/consultations/<uuid:consultation_id>/call/now/",
            _door(views.part),
            name=f"{_root}-part",
        ),
    ]
    urlpatterns += [
        path(f"{_root}/calls/<uuid:call_id>/{verb}/", _door(views.act), {"verb": verb})
        for verb in views.ACTS
    ]
