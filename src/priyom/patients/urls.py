"""Addresses of the room."""

from django.urls import path

from priyom.patients import views

app_name = "patients"
urlpatterns = [
    path("desk/patients/search/", views.search, name="search"),
    path("desk/patients/new/", views.new, name="new"),
    path("desk/patients/outside/", views.outside, name="outside"),
    path("desk/patients/outside/adopt/", views.adopt, name="adopt"),
    path("desk/patients/doubles/", views.doubles, name="doubles"),
    path("desk/patients/doubles/<uuid:double>/", views.compare, name="compare"),
    path("desk/patients/doubles/<uuid:double>/merge/", views.merge, name="merge"),
    path("desk/patients/doubles/<uuid:double>/part/", views.part, name="part"),
    path("desk/patients/merges/<uuid:merge>/undo/", views.undo_merge, name="undo_merge"),
    path("desk/patients/<uuid:patient>/", views.card, name="card"),
    path("desk/patients/<uuid:patient>/amend/", views.amend, name="amend"),
    path("desk/patients/<uuid:patient>/death/", views.note_death, name="note_death"),
    path("desk/patients/<uuid:patient>/representatives/", views.represent, name="represent"),
    path("desk/patients/representatives/<uuid:bond>/", views.representative, name="representative"),
    path(
        "desk/patients/representatives/<uuid:bond>/term/", views.correct_term, name="correct_term"
    ),
    path(
        "desk/patients/representatives/<uuid:bond>/end/",
        views.end_representative,
        name="end_representative",
    ),
    path("desk/patients/<uuid:patient>/details/", views.add_detail, name="add_detail"),
    path("desk/patients/details/<uuid:detail>/end/", views.end_detail, name="end_detail"),
    path("desk/patients/details/<uuid:detail>/verify/", views.verify_detail, name="verify_detail"),
    path("desk/patients/details/<uuid:detail>/prefer/", views.prefer_detail, name="prefer_detail"),
]
