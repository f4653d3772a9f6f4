"""Slots of doctors; who holds one and who has booked one is decided by one UPDATE."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.kernel.ids import uuid7
from priyom.schedule.plan import FARTHEST, LONGEST, SHORTEST, TURNS, Turn, Visit
from priyom.schedule.rules import ClosedBy, SlotKind, SlotState


class TsTzRange(models.Func):
    """The half-open interval of a slot, for the exclusion constraint."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Slot(models.Model):
    """Slot, талон (номерок): one doctor's time, an interval [starts_at, ends_at), UTC.

    МО and speciality are the doctor's own, kept so by a composite key (migration 0002): with
    them one index serves the search for free time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="slots")
    speciality = models.ForeignKey(
        Speciality, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=16, default=SlotState.FREE)
    kind = models.CharField(
        max_length=16, default=SlotKind.PORTAL, db_default=SlotKind.PORTAL.value
    )
    visit = models.CharField(max_length=16, default=Visit.FIRST, db_default=Visit.FIRST.value)
    is_planned = models.BooleanField(default=False, db_default=False)
    """Made by a plan, which may close it again."""
    closed_by = models.CharField(max_length=16, blank=True, default="", db_default="")
    """Who closed it, for whoever may open it again."""
    held_by = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["doctor", "starts_at"], name="schedule_doctor_time"),
            models.Index(fields=["organisation", "starts_at"], name="schedule_org_time"),
            models.Index(
                fields=["organisation", "speciality", "starts_at"],
                name="schedule_free",
                condition=models.Q(state__in=[SlotState.FREE, SlotState.HELD]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(SlotState)), name="schedule_slot_state"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(SlotKind)), name="schedule_slot_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(visit__in=list(Visit), closed_by__in=["", *ClosedBy]),
                name="schedule_slot_use",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="schedule_slot_length"
            ),
            models.CheckConstraint(
                condition=models.Q(state="held", held_by__isnull=False, held_until__isnull=False)
                | (
                    ~models.Q(state="held")
                    & models.Q(held_by__isnull=True, held_until__isnull=True)
                ),
                name="schedule_slot_held",
            ),
            ExclusionConstraint(
                name="schedule_no_overlap",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                # What is closed may lie under a new time; opened again it may not.
                condition=~models.Q(state=SlotState.BLOCKED),
            ),
        ]


class Plan(models.Model):
    """Plan, план приёма: a doctor's week, published so many days ahead; one for each doctor."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.OneToOneField(Doctor, on_delete=models.PROTECT, related_name="plan")
    days_ahead = models.PositiveSmallIntegerField(default=14)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days_ahead__gte=1, days_ahead__lte=FARTHEST),
                name="schedule_plan_ahead",
            )
        ]


class Hours(models.Model):
    """Hours, часы приёма: a stretch of one weekday of a plan, or a break in it; Moscow time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=20)
    visit = models.CharField(max_length=16, default=Visit.FIRST)
    kind = models.CharField(max_length=16, default=SlotKind.PORTAL)
    is_break = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    weekday__gte=1,
                    weekday__lte=7,
                    opens_at__lt=models.F("closes_at"),
                    minutes__gte=SHORTEST,
                    minutes__lte=LONGEST,
                ),
                name="schedule_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(visit__in=list(Visit), kind__in=list(SlotKind)),
                name="schedule_hours_use",
            ),
        ]


class Deviation(models.Model):
    """Deviation, исключение из плана: days off, half days, work on a holiday; `doctor` or all."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, null=True, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    turn = models.CharField(max_length=8)
    opens_at = models.TimeField(null=True)
    closes_at = models.TimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    is_absence = models.BooleanField(default=False, db_default=False)
    """Made by an absence of the doctor, which alone takes it back."""

    @property
    def words(self) -> str:
        """Return «приёма нет», for the calendar."""
        return TURNS[Turn(self.turn)]

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "last_on"], name="schedule_deviations"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(turn__in=list(Turn), last_on__gte=models.F("first_on")),
                name="schedule_deviation",
            ),
            models.CheckConstraint(
                condition=models.Q(is_absence=False)
                | models.Q(turn=Turn.OFF, doctor__isnull=False),
                name="schedule_deviation_absence",
            ),
            models.CheckConstraint(
                condition=~models.Q(turn=Turn.PART)
                | models.Q(opens_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="schedule_deviation_part",
            ),
        ]
