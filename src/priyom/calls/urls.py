"""Addresses of the calls, the same under both portals."""

from django.urls import URLPattern, path

from priyom.calls import views

app_name = "calls"
urlpatterns: list[URLPattern] = []
for _root in ("my", "desk"):
    urlpatterns += [
        path(
            f"{_root}/consultations/<uuid:consultation_id>/call/", views.ring, name=f"{_root}-ring"
        ),
        path(
            f"{_root}/consultations/<uuid:consultation_id>/call/now/",
            views.part,
            name=f"{_root}-part",
        ),
    ]
    urlpatterns += [
        path(f"{_root}/calls/<uuid:call_id>/{verb}/", views.act, {"verb": verb})
        for verb in views.ACTS
    ]
