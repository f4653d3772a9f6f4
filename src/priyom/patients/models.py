"""The patient index: cards, who stands for whom, which account belongs to which card."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Replace

from priyom.clinics.models import Organisation
from priyom.kernel.ids import uuid7


def _key(field: str) -> models.Func:
    """Return the comparison form of a name in SQL, the same as kernel.names.compare_key.

    Latin letters that look like Russian ones become those where the name has any Russian letter.
    """
    russian = models.Func(
        models.F(field),
        models.Value("ABCEHKMOPTXYaceopxy"),
        models.Value("АВСЕНКМОРТХУасеорху"),
        function="TRANSLATE",
    )
    is_russian = models.Q(**{f"{field}__regex": "[а-яёА-ЯЁ]"})
    plain = models.Case(models.When(is_russian, then=russian), default=models.F(field))
    return Replace(
        Replace(Lower(plain), models.Value("ё"), models.Value("е")),
        models.Value("-"),
        models.Value(" "),
    )


class Patient(models.Model):
    """Patient card, карта Индекса пациентов (domain.md 2.9). СНИЛС and ЕНП are unique if known."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.CharField(max_length=100)
    given = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    birth_on = models.DateField()
    sex = models.CharField(max_length=1, choices=[("m", "м"), ("f", "ж")])
    snils = models.CharField(max_length=11, null=True)
    enp = models.CharField(max_length=16, null=True)
    document = models.CharField(max_length=40, blank=True)
    """Identity document as «series:number»."""
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    email_confirmed_at = models.DateTimeField(null=True)
    attached_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    died_on = models.DateField(null=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged", db_index=False
    )
    """The card of the same person that stays; this one keeps what was done with it."""
    outer_number = models.CharField(max_length=100, blank=True)
    """«mis:12345»: the card's number in the system that it was imported from."""
    is_temporary = models.BooleanField(default=False)
    """Made by a registrar because the index had none: chat waits until it is matched."""
    made_at = models.DateTimeField(auto_now_add=True)
    family_key = models.GeneratedField(
        expression=_key("family"),
        output_field=models.CharField(max_length=100, db_collation="C"),
        db_persist=True,
    )
    given_key = models.GeneratedField(
        expression=_key("given"),
        output_field=models.CharField(max_length=100, db_collation="C"),
        db_persist=True,
    )
    patronymic_key = models.GeneratedField(
        expression=_key("patronymic"),
        output_field=models.CharField(max_length=100, db_collation="C"),
        db_persist=True,
    )

    class Meta:
        indexes = [
            # The patronymic comes last: it is seldom typed, and then read within the index.
            models.Index(
                fields=["family_key", "given_key", "birth_on", "patronymic_key"],
                name="patients_names",
            ),
            models.Index(fields=["birth_on"], name="patients_born"),
            models.Index(
                fields=["document"], name="patients_document", condition=~models.Q(document="")
            ),
            models.Index(fields=["phone"], name="patients_phone", condition=~models.Q(phone="")),
            models.Index(
                fields=["merged_into"],
                name="patients_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]
        constraints = [
            # Constraints and not unique=True, which would make a second index for LIKE of each.
            models.UniqueConstraint(fields=["snils"], name="patients_snils"),
            models.UniqueConstraint(fields=["enp"], name="patients_enp"),
            models.CheckConstraint(condition=models.Q(sex__in=["m", "f"]), name="patients_sex"),
            models.CheckConstraint(
                condition=models.Q(birth_on__gt="1900-01-01"), name="patients_birth"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.family, self.given, self.patronymic]))

    @property
    def is_dead(self) -> bool:
        """Whether a death is noted here or on the card that stays."""
        stays = self.merged_into if self.merged_into_id else None
        return bool(self.died_on or (stays and stays.died_on))


def _near(field: str, name: str) -> GinIndex:
    """Return the index by which a misspelt word finds its near ones (near.sql)."""
    keys = models.Func(models.F(field), function="priyom_near_keys_v1")
    return GinIndex(keys, name=name, fastupdate=False)


class Family(models.Model):
    """Dictionary of distinct families, словарь фамилий: finds the misspelt (near.sql)."""

    family_key = models.CharField(primary_key=True, max_length=100, db_collation="C")
    people = models.PositiveIntegerField()

    class Meta:
        indexes = [_near("family_key", "patients_family_near")]


class Given(models.Model):
    """Dictionary of distinct given names, словарь имён: finds the misspelt (near.sql)."""

    given_key = models.CharField(primary_key=True, max_length=100, db_collation="C")
    people = models.PositiveIntegerField()

    class Meta:
        indexes = [_near("given_key", "patients_given_near")]


class Owner(models.Model):
    """Own card, владелец карты: an account's link to its own card, after СНИЛС and birth agreed."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="owner")
    linked_at = models.DateTimeField(auto_now_add=True)


class Days(models.Func):
    """The days of a term, both ends included, open where one is not known."""

    function = "DATERANGE"
    output_field = DateRangeField()


def _one_at_a_time(name: str, field: str, also: models.Q | None = None) -> ExclusionConstraint:
    """Return the promise that a patient has one of `field` on any day, ended rights aside."""
    days = Days("since", "valid_until", models.Value("[]"))
    return ExclusionConstraint(
        name=name,
        expressions=[
            ("patient", RangeOperators.EQUAL),
            (field, RangeOperators.EQUAL),
            (days, RangeOperators.OVERLAPS),
        ],
        condition=models.Q(ended_at=None) & (also or models.Q()),
    )


class Representative(models.Model):
    """Representative, законный представитель: whose card stands for which patient, and until when.

    323-ФЗ ст. 20: a parent or guardian signs for a child under 15, a guardian for an adult whom a
    court has found incapable (standing.py). Rows stay for ever; who errs ends one and enters anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="representatives")
    person = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="represents")
    relation = models.CharField(
        max_length=16,
        choices=[("mother", "мама"), ("father", "папа"), ("guardian", "опекун")],
    )
    proof = models.CharField(max_length=12)
    """Kind of the paper (standing.Proof): it decides what becomes of the right at fifteen."""
    number = models.CharField(max_length=120)
    issued_on = models.DateField(null=True)
    issued_by = models.CharField(max_length=120, blank=True)
    since = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["ended_at"], name="patients_bond_ended",
                condition=models.Q(ended_at__isnull=False),
            )
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(patient=models.F("person")), name="patients_not_own_guardian"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    relation__in=["mother", "father"], proof__in=["birth", "paternity", "adoption"]
                )
                | models.Q(relation="guardian", proof__in=["act", "court"]),
                name="patients_bond_paper",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("since")), name="patients_bond_term"
            ),
            _one_at_a_time("patients_bond_once", "person"),
            # A child may have several guardians, and one mother and one father.
            _one_at_a_time("patients_bond_parent", "relation", ~models.Q(relation="guardian")),
        ]


class Import(models.Model):
    """Card import, загрузка карт: one file, and how far it is done; a killed one goes on there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=30)
    """The system that numbers the cards: «mis»."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file's bytes: another file is another import."""
    lines = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "digest"], name="patients_import_once")
        ]


class Alias(models.Model):
    """Alias, номер в другом индексе: under which number another index keeps the same person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=100)
    """The domain of the number: «urn:oid:1.2.643.2.69.1.2.109»."""
    number = models.CharField(max_length=100)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="aliases")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="patients_alias_once")
        ]


class Detail(models.Model):
    """Detail of a card, сведение карты: another phone, e-mail, address, document or policy.

    The main ones stand on the card itself. What is true no longer keeps its row, with `until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="details")
    kind = models.CharField(max_length=8)
    form = models.CharField(max_length=12)
    """«passport», «old», «work»: which of its kind (details.FORMS)."""
    value = models.CharField(max_length=254)
    """As details.normal keeps it: E.164, «4008:123456»."""
    note = models.CharField(max_length=120, blank=True)
    verified_at = models.DateTimeField(null=True)
    until = models.DateField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["value", "kind"], name="patients_detail_value")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "value"], name="patients_detail_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["phone", "email", "address", "document", "policy"]),
                name="patients_detail_kind",
            ),
        ]


class Change(models.Model):
    """Change of a card, изменение карты: who, when, which field, from what to what; kept for ever.

    The web role may insert and read, nobody but the owner may change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    account = models.UUIDField()
    actor_kind = models.CharField(max_length=16)
    name = models.CharField(max_length=150, blank=True)
    """The person's name as it was then."""
    act = models.CharField(max_length=20)
    field = models.CharField(max_length=20)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient", "at"], name="patients_change_at")]


class Double(models.Model):
    """Suspected double, подозрение на дубль: two cards that may be one person's, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    one = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    chance = models.FloatField()
    bits = models.FloatField()
    levels = models.JSONField(default=dict)
    """Field → how it compared (likeness.WEIGHTS) and how many bits that is."""
    found_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, blank=True)
    """"" nobody decided; «same» merged; «different» two people, never proposed again."""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-chance", "-bits", "id"], name="patients_double_open",
                condition=models.Q(verdict=""),
            )
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="patients_double_once"),
            models.CheckConstraint(
                condition=models.Q(one__lt=models.F("other")), name="patients_double_order"
            ),
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", "same", "different"]),
                name="patients_double_verdict",
            ),
        ]


class Merge(models.Model):
    """Merge of cards, объединение карт: what both held before and after, so that it can be undone.

    Requests, consultations and consents keep the card they were made with; it leads to the other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    """{«survivor»: {field: value}, «merged»: {…}} of the fields that changed."""
    after = models.JSONField()
    moved = models.JSONField(default=list)
    """Keys of cards that had been merged into `merged` earlier, and lead to `survivor` now."""
    added = models.JSONField(default=list)
    """Keys of details that hold what the survivor's own fields held before."""
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="patients_merged_once"
            )
        ]
