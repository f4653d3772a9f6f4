"""Signed documents: versions of the conclusion, each fixed by the hash of its PDF."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.conclusions.content import Nature, Severity
from priyom.conclusions.rules import ConclusionState, SignatureForm, SignatureRole
from priyom.consultations.models import Consultation
from priyom.files.models import Blob
from priyom.kernel.ids import uuid7
from priyom.kernel.present import present


class Conclusion(models.Model):
    """Conclusion, консультативное заключение (process.md step 5): one row per version.

    A signed row never changes but for its state; a correction is a new version (gate.sql).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(
        Consultation, on_delete=models.PROTECT, related_name="conclusions"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=16, default=ConclusionState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    """Grows with every autosave: an older tab's save is refused, not merged over."""
    complaints = models.TextField(blank=True)
    anamnesis = models.TextField(blank=True)
    life_anamnesis = models.TextField(blank=True)
    temperature = models.CharField(max_length=60, blank=True)
    saturation = models.CharField(max_length=60, blank=True)
    pulse = models.CharField(max_length=60, blank=True)
    breaths = models.CharField(max_length=60, blank=True)
    pressure = models.CharField(max_length=120, blank=True)
    """As typed: an autosave refuses nothing, forming asks for numbers (content.problems)."""
    observed = models.TextField(blank=True)
    severity = models.CharField(max_length=16, blank=True)
    materials = models.JSONField(default=list, blank=True)
    """Keys of the chat's files (Attachment) that the doctor ticked as reviewed."""
    opinion = models.TextField(blank=True)
    diagnosis_code = models.CharField(max_length=8, blank=True)
    diagnosis = models.CharField(max_length=300, blank=True)
    nature = models.CharField(max_length=16, blank=True)
    complications = models.TextField(blank=True)
    concomitant = models.TextField(blank=True)
    """A diagnosis in each line, as it is typed."""
    is_preliminary = models.BooleanField(default=True)
    in_person_on = models.DateField(null=True, blank=True)
    """When the diagnosis was set in person; without it treatment is not corrected remotely."""
    in_person_by = models.CharField(max_length=200, blank=True)
    in_person_place = models.CharField(max_length=200, blank=True)
    treatment = models.TextField(blank=True)
    recommendations = models.TextField(blank=True)
    examinations = models.TextField(blank=True)
    visit_advice = models.CharField(max_length=500, blank=True)
    urgent = models.TextField(blank=True)
    """What the doctor adds to the paper's own words on when to call 103."""
    sources = models.JSONField(default=list, blank=True)
    """What of the chat fell into which field: «complaints:12» is its entry 12."""
    reason = models.CharField(max_length=500, blank=True)
    """Why this version exists while it is not signed yet; then why it was amended or withdrawn."""
    saved_at = models.DateTimeField()
    formed_at = models.DateTimeField(null=True)
    formed_pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    formed_xml = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    """СЭМД of the same content (cda); null in versions formed before there was one."""
    parties = models.JSONField(default=dict, blank=True)
    """Who is in it as the cards stood when it was formed (parties); {} in older versions."""
    way = models.CharField(max_length=16, blank=True)
    """How it is to be signed (signing.ways), chosen with the certificate at forming."""
    certificate = models.BinaryField(blank=True, default=b"")
    """DER of the certificate that is printed in the paper."""
    prepared_pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    """The formed PDF with the empty place of its signature."""
    digest = models.CharField(max_length=128, blank=True)
    """What its owner signs: hexadecimal, by the digest that goes with the certificate's key."""
    signed_at = models.DateTimeField(null=True)
    signed_pdf = models.ForeignKey(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    signer = models.CharField(max_length=200, blank=True)
    certificate_serial = models.CharField(max_length=64, blank=True)
    certificate_until = models.DateTimeField(null=True)
    check_code = models.CharField(max_length=32, unique=True)
    """Random code of the QR link; opens the page that says whether the paper is genuine."""

    class Meta:
        indexes = [
            # Whoever looks for what was signed lately (registry) reads that and no more.
            models.Index(
                fields=["signed_at"],
                name="conclusions_signed",
                condition=models.Q(signed_at__isnull=False),
            ),
            # Withdrawn ones are few; whoever tells others of them (registry) reads no more.
            models.Index(
                fields=["id"],
                name="conclusions_withdrawn",
                condition=models.Q(state="withdrawn"),
            ),
            # A changed file still carries the signature of the document that it was made of.
            models.Index(
                fields=["digest"],
                name="conclusions_digest",
                condition=~models.Q(digest=""),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=list(ConclusionState)), name="conclusions_state"
            ),
            models.CheckConstraint(
                condition=models.Q(nature__in=list(Nature)), name="conclusions_nature"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=list(Severity)), name="conclusions_severity"
            ),
            # 323-ФЗ ст. 36.2 ч. 3 (content.NOT_IN_PERSON): not even the program may form it.
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(treatment="")
                | models.Q(in_person_on__isnull=False),
                name="conclusions_treatment",
            ),
            models.UniqueConstraint(
                fields=["consultation", "version"], name="conclusions_version_once"
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(state__in=["draft", "formed"]),
                name="conclusions_one_open",
            ),
            models.UniqueConstraint(
                fields=["consultation"],
                condition=models.Q(state="signed"),
                name="conclusions_one_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(formed_pdf__isnull=False),
                name="conclusions_formed_pdf",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "formed"])
                | models.Q(signed_pdf__isnull=False, signed_at__isnull=False),
                name="conclusions_signed_pdf",
            ),
        ]

    @property
    def when_signed(self) -> datetime:
        """When the doctor signed, UTC. Raises Absent for a version that is not signed."""
        return present(self.signed_at, by="conclusions_signed_pdf")

    @property
    def paper(self) -> Blob:
        """The signed PDF. Raises Absent for a version that is not signed."""
        return present(self.signed_pdf, by="conclusions_signed_pdf")


class Signature(models.Model):
    """Signature, электронная подпись (63-ФЗ): one row for each, never changed (signature.sql).

    The doctor's stands inside the PDF too; the organisation's covers the signed file from outside.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conclusion = models.ForeignKey(Conclusion, on_delete=models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    form = models.CharField(max_length=8)
    document = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    """The signed PDF for «pades»; for «cades» the very bytes that the signature covers."""
    way = models.CharField(max_length=16)
    owner = models.CharField(max_length=200)
    serial = models.CharField(max_length=64)
    certificate = models.BinaryField()
    certificate_until = models.DateTimeField()
    cms = models.BinaryField()
    signed_at = models.DateTimeField()
    """When it was received and checked, by our clock."""
    stamped_at = models.DateTimeField(null=True)
    """When an authority of time saw it (RFC 3161)."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=list(SignatureRole)), name="conclusions_signature_role"
            ),
            models.CheckConstraint(
                condition=models.Q(form__in=list(SignatureForm)), name="conclusions_signature_form"
            ),
            models.UniqueConstraint(
                fields=["conclusion", "role", "document"], name="conclusions_signature_once"
            ),
        ]


class Obstacle(models.Model):
    """Obstacle, помеха подписи организации: why a signed version does not get it, until it does."""

    conclusion = models.OneToOneField(
        Conclusion, primary_key=True, on_delete=models.PROTECT, related_name="obstacle"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    code = models.CharField(max_length=40)
    tried_at = models.DateTimeField()


class RevocationList(models.Model):
    """Revocation list, список отозванных сертификатов (CRL): an authority's last good one.

    A row for each address or file of PRIYOM_REVOCATION_LISTS; what did not come leaves the old one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=400, unique=True)
    authority = models.CharField(max_length=64, blank=True, db_index=True)
    """signing.revocation.authority_of its issuer."""
    issuer = models.CharField(max_length=300, blank=True)
    issued_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()
    fault = models.CharField(max_length=12, blank=True)
    """Why the last try brought nothing (signing.revocation.ListFault)."""


class Revoked(models.Model):
    """Revoked, отозванный сертификат: a line of a list."""

    listed_in = models.ForeignKey(RevocationList, on_delete=models.CASCADE, related_name="revoked")
    serial = models.CharField(max_length=64)
    revoked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listed_in", "serial"], name="conclusions_revoked_once")
        ]


class Inspection(models.Model):
    """Inspection, проверка файла: what a visitor sent to be checked, until it was; then the answer.

    Nobody's account, no address; the key is the hash of the secret in its page's address.
    """

    key = models.CharField(primary_key=True, max_length=64)
    asked_at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=60, blank=True)
    body = models.BinaryField(null=True)
    """As it came; gone with the answer, never served."""
    done_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=20, blank=True)
    conclusion = models.ForeignKey(
        Conclusion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    told = models.JSONField(default=dict)
    """What the bytes said of their signature (queries.papers.told_of)."""

    class Meta:
        indexes = [
            models.Index(
                fields=["key"], name="conclusions_inspecting", condition=models.Q(done_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, body__isnull=False, finding="")
                | models.Q(done_at__isnull=False, body=None) & ~models.Q(finding=""),
                name="conclusions_inspection_forgets",
            )
        ]


class Template(models.Model):
    """Template, шаблон заключения: words that a doctor writes often, with blanks to be filled.

    Its doctor's own, or offered to all of the МО who share the speciality.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE, related_name="+")
    speciality = models.ForeignKey(
        Speciality, on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Whose doctors are offered it too; null: nobody else."""
    title = models.CharField(max_length=60)
    values = models.JSONField()
    """Field of the form → words (blanks.FIELDS)."""
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["doctor", "title"], name="conclusions_template_title")
        ]
        indexes = [
            models.Index(fields=["organisation", "speciality"], name="conclusions_templates")
        ]
