"""Addresses of a closed talk's archive, the same under both portals."""

from django.urls import URLPattern, path

from priyom.archive import views
from priyom.clinics.doors import patient_only, staff_only
from priyom.clinics.models import Role

app_name = "archive"
urlpatterns: list[URLPattern] = []
for _root, _door in (("my", patient_only), ("desk", staff_only(Role.DOCTOR, Role.HEAD))):
    _place = f"{_root}/consultations/<uuid:consultation_id>/archive/"
    urlpatterns += [
        path(_place, _door(views.page)),
        path(f"{_place}<uuid:bundle_id>/", _door(views.download)),
        path(f"{_place}make/<slug:kind>/", _door(views.ask)),
    ]
_head = staff_only(Role.HEAD)
urlpatterns += [
    path("desk/consultations/<uuid:consultation_id>/archive/hold/", _head(views.hold)),
    path("desk/archive/", _head(views.terms), name="terms"),
]
