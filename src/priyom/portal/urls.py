"""Home pages of the roles and the page of one consultation."""

from django.urls import path

from priyom.portal.views import booked, desk, front, health, my, standby

app_name = "portal"
urlpatterns = [
    path("", front.front, name="front"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    *(path(f"{portal}/worker.js", standby.worker) for portal in ("my", "desk")),
    *(path(f"{portal}/offline/", standby.offline) for portal in ("my", "desk")),
    path("my/", my.home, name="my-home"),
    path("my/consultations/<uuid:consultation_id>/", my.consultation, name="my-consultation"),
    path(
        "my/consultations/<uuid:consultation_id>/consent/", my.give_consent, name="my-consent-give"
    ),
    path("my/consultations/<uuid:consultation_id>/cancel/", my.cancel, name="my-cancel"),
    path(
        "my/consultations/<uuid:consultation_id>/reschedule/", my.reschedule, name="my-reschedule"
    ),
    path("my/consultations/<uuid:consultation_id>/ask_to_move/", my.ask_to_move, name="my-move"),
    path("my/consents/", my.consents, name="my-consents"),
    path("my/consents/<uuid:consent_id>/withdraw/", my.withdraw_consent, name="my-withdraw"),
    path("desk/", desk.home, name="desk-home"),
    path("desk/day/", desk.day, name="desk-day"),
    path("desk/day/list/", desk.day_list, name="desk-day-list"),
    path("desk/day/pulse/", desk.pulse, name="desk-day-pulse"),
    path("desk/consultations/<uuid:consultation_id>/", desk.workspace, name="desk-consultation"),
    *(
        path(f"desk/consultations/<uuid:consultation_id>/{verb}/", desk.act, {"verb": verb})
        for verb in desk.ACTS
    ),
    path("desk/booked/", booked.listing, name="booked"),
    path("desk/booked/<uuid:consultation_id>/", booked.page, name="booked-page"),
    path("desk/booked/<uuid:consultation_id>/cancel/", booked.cancel, name="booked-cancel"),
    path(
        "desk/booked/<uuid:consultation_id>/reschedule/",
        booked.reschedule,
        name="booked-reschedule",
    ),
]
