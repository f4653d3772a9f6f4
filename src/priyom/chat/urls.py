"""Addresses of the talk, the same under both portals."""

from django.urls import URLPattern, path

from priyom.chat import views
from priyom.clinics.doors import patient_only, staff_only
from priyom.clinics.models import Role

app_name = "chat"
urlpatterns: list[URLPattern] = []
for _root, _door in (("my", patient_only), ("desk", staff_only(Role.DOCTOR))):
    _chat = f"{_root}/consultations/<uuid:consultation_id>"
    urlpatterns += [
        path(f"{_chat}/say/", _door(views.say), name=f"{_root}_say"),
        path(f"{_chat}/entries/", _door(views.entries), name=f"{_root}_entries"),
        path(
            f"{_root}/files/<uuid:attachment_id>/line/",
            _door(views.file_line),
            name=f"{_root}_file_line",
        ),
        path(f"{_chat}/band/", _door(views.band), name=f"{_root}_band"),
        path(f"{_chat}/search/", _door(views.search), name=f"{_root}_search"),
    ]
_doctor, _keeper = staff_only(Role.DOCTOR), staff_only(Role.DOCTOR, Role.HEAD)
urlpatterns += [
    path(
        "desk/consultations/<uuid:consultation_id>/phrases/",
        _doctor(views.ready_phrases),
        name="ready-phrases",
    ),
    path("desk/phrases/", _keeper(views.phrases), name="phrases"),
    path("desk/phrases/add/", _keeper(views.add_phrase), name="phrase-add"),
    path("desk/phrases/<uuid:phrase_id>/edit/", _keeper(views.edit_phrase), name="phrase-edit"),
    path(
        "desk/phrases/<uuid:phrase_id>/remove/", _keeper(views.remove_phrase), name="phrase-remove"
    ),
]
