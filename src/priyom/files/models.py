"""What is kept of a file; the bytes stand in the store under their own sha-256."""

from __future__ import annotations

from django.db import models

from priyom.files.rules import Scan
from priyom.kernel.ids import uuid7


class Blob(models.Model):
    """Stored content, хранимый файл: one row per sha-256, written before the rows that need it."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=8)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    thumbnail = models.CharField(max_length=64, blank=True)
    """sha-256 of the preview picture, when there is one."""
    original = models.CharField(max_length=64, db_index=True)
    """sha-256 of the bytes as they came; they stay in the store and are never served."""
    stored_at = models.DateTimeField()
    scan = models.CharField(max_length=8, default=Scan.NONE)

    class Meta:
        indexes = [
            models.Index(
                fields=["stored_at"],
                name="files_blob_waiting",
                condition=models.Q(scan=Scan.WAITING),
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(scan__in=list(Scan)), name="files_blob_scan"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["image", "document", "audio", "video"]),
                name="files_blob_kind",
            ),
        ]


class Derivation(models.Model):
    """Derivation, производные файла: what a job made of a file so that every device can show it.

    A preview picture goes into the blob's own `thumbnail`. The row is there from the upload on,
    `done_at` once the job has been through, `fault` when it made nothing.
    """

    blob = models.OneToOneField(Blob, primary_key=True, on_delete=models.CASCADE)
    playable = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    """The same recording in the other codec, for devices that cannot play the first."""
    peaks = models.JSONField(default=list)
    """Loudness over a recording, 0…100, for its waveform."""
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="files_derivation_due", condition=models.Q(done_at=None)
            )
        ]


class Link(models.Model):
    """Right to fetch, ссылка на файл: 60 s, bound to a session; only its hash is kept."""

    hash = models.CharField(primary_key=True, max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    inline = models.BooleanField(default=False)
    session = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="files_link_expires")]


class Permit(models.Model):
    """Upload permit, разрешение на отправку: who may send files into what, for a few minutes.

    Given after the right was asked; ends with its session; only its hash is kept.
    """

    hash = models.CharField(primary_key=True, max_length=64)
    account = models.UUIDField()
    session = models.UUIDField()
    subject = models.UUIDField()
    """What the file is for; its room knows (a consultation)."""
    room = models.BigIntegerField()
    """Bytes that the subject may still take."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="files_permit_expires")]


class Upload(models.Model):
    """Upload, загрузка: a file on its way by tus; how much of it came, its bytes on disk say.

    Written by upload.sql; bound once, to what the file became.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.UUIDField()
    subject = models.UUIDField(db_index=True)
    size = models.BigIntegerField()
    metadata = models.CharField(max_length=2000, blank=True)
    """As tus wrote it: `filename <base64>,…`."""
    expires_at = models.DateTimeField(db_index=True)
    bound_at = models.DateTimeField(null=True)
    bound_to = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bound_at__isnull=True, bound_to__isnull=True)
                | models.Q(bound_at__isnull=False, bound_to__isnull=False),
                name="files_upload_bound",
            ),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="files_upload_size"),
        ]
