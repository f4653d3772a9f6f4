"""The patient index: cards, who stands for whom, which account belongs to which card."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Replace

from priyom.clinics.models import Organisation
from priyom.kernel.ids import uuid7


def _key(field: str) -> models.Func:
    """Return the comparison form of a name in SQL, the same as kernel.names.compare_key."""
    return Replace(
        Replace(Lower(field), models.Value("ё"), models.Value("е")),
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
    snils = models.CharField(max_length=11, null=True, unique=True)
    enp = models.CharField(max_length=16, null=True, unique=True)
    document = models.CharField(max_length=40, blank=True, db_index=True)
    """Identity document as «series:number»."""
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=16, blank=True, db_index=True)
    email = models.CharField(max_length=254, blank=True)
    email_confirmed_at = models.DateTimeField(null=True)
    attached_to = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
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
            models.Index(
                fields=["family_key", "given_key", "birth_on"], name="patients_name_birth"
            ),
            models.Index(fields=["birth_on", "family_key"], name="patients_born"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(sex__in=["m", "f"]), name="patients_sex"),
            models.CheckConstraint(
                condition=models.Q(birth_on__gt="1900-01-01"), name="patients_birth"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.family, self.given, self.patronymic]))


_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_AS_ASCII = "abvgdewzijklmnoprstufhcqx12y3456"


def _ascii(field: str) -> models.Func:
    """Return one ASCII sign for each letter: pg_trgm drops Cyrillic where LC_CTYPE is C.

    search.sql writes the same expression.
    """
    return models.Func(
        models.F(field), models.Value(_RUSSIAN), models.Value(_AS_ASCII), function="TRANSLATE"
    )


class Family(models.Model):
    """Dictionary of distinct families, словарь фамилий: finds the misspelt (performance.md 5)."""

    family_key = models.CharField(primary_key=True, max_length=100, db_collation="C")
    people = models.PositiveIntegerField()

    class Meta:
        indexes = [
            GinIndex(
                OpClass(_ascii("family_key"), name="gin_trgm_ops"), name="patients_family_near"
            )
        ]


class Owner(models.Model):
    """Own card, владелец карты: an account's link to its own card, after СНИЛС and birth agreed."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="owner")
    linked_at = models.DateTimeField(auto_now_add=True)


class Representative(models.Model):
    """Representative, законный представитель: whose card stands for which patient, and until when.

    323-ФЗ ст. 20: a parent signs for a child under 15, a guardian for a ward.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="representatives")
    person = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="represents")
    relation = models.CharField(
        max_length=16,
        choices=[("mother", "мама"), ("father", "папа"), ("guardian", "опекун")],
    )
    proof = models.CharField(max_length=120)
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "person"], name="patients_representative_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(patient=models.F("person")), name="patients_not_own_guardian"
            ),
        ]
