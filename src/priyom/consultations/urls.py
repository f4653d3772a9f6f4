"""Addresses of a consultation's files, the same under both portals."""

from django.urls import URLPattern, path

from priyom.clinics.doors import patient_only, staff_only
from priyom.clinics.models import Role
from priyom.consultations import views

app_name = "consultations"
urlpatterns: list[URLPattern] = []
for _root, _door in (("my", patient_only), ("desk", staff_only(Role.DOCTOR))):
    urlpatterns += [
        path(f"{_root}/consultations/<uuid:consultation_id>/files/", _door(views.upload)),
        path(f"{_root}/consultations/<uuid:consultation_id>/files/permit/", _door(views.permit)),
        path(f"{_root}/files/<uuid:attachment_id>/", _door(views.open_file)),
        path(f"{_root}/files/<uuid:attachment_id>/preview/", _door(views.preview)),
    ]
for _root, _door in (("my", patient_only), ("desk", staff_only())):
    urlpatterns.append(path(f"{_root}/consents/<uuid:consent_id>/scan/", _door(views.scan)))
