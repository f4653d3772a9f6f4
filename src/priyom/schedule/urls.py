"""Addresses of the room."""

from django.urls import path

from priyom.schedule.views import calendar, day, plan, week

app_name = "schedule"
urlpatterns = [
    path("desk/schedule/", day.day, name="day"),
    path("desk/schedule/<uuid:slot_id>/block/", day.block, name="block"),
    path("desk/schedule/<uuid:slot_id>/unblock/", day.unblock, name="unblock"),
    path("desk/schedule/week/", week.week, name="week"),
    path("desk/schedule/month/", week.month, name="month"),
    path("desk/schedule/add/", week.add, name="add"),
    path("desk/schedule/shift/", week.shift, name="shift"),
    path("desk/schedule/copy/", week.copy, name="copy"),
    path("desk/schedule/plan/", plan.plan, name="plan"),
    path("desk/schedule/plan/hours/", plan.add_hours, name="add-hours"),
    path("desk/schedule/plan/hours/<uuid:hours_id>/drop/", plan.drop_hours, name="drop-hours"),
    path("desk/schedule/plan/exceptions/", plan.deviate, name="deviate"),
    path(
        "desk/schedule/plan/exceptions/<uuid:deviation_id>/drop/",
        plan.drop_deviation,
        name="drop-deviation",
    ),
    path("desk/schedule/plan/publish/", plan.publish, name="publish"),
    path("desk/schedule/calendar.ics", calendar.export, name="calendar"),
    path("desk/schedule/calendar/", calendar.bring, name="bring"),
]
