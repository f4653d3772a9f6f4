"""Slots of doctors; who holds one and who has booked one is decided by one UPDATE."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.kernel.ids import uuid7
from priyom.schedule.rules import SlotKind, SlotState


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
