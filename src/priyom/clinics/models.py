"""Organisations (МО), specialities, doctors and the roles of staff."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from priyom.kernel.ids import uuid7


class Organisation(models.Model):
    """Organisation, МО: a polyclinic. Its OID is the one of ФРМО (domain.md 5.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("полное название", max_length=200)
    short_name = models.CharField("короткое название", max_length=60)
    oid = models.CharField("OID ФРМО", max_length=80, unique=True)
    address = models.CharField("адрес", max_length=200)
    phone = models.CharField("телефон регистратуры", max_length=16)
    licence = models.CharField("лицензия", max_length=100)
    answer_hours = models.PositiveSmallIntegerField("ответ на заявку, часов", default=24)

    class Meta:
        verbose_name = "медицинская организация"
        verbose_name_plural = "медицинские организации"

    def __str__(self) -> str:
        return self.short_name


class Speciality(models.Model):
    """Speciality, специальность врача (НСИ 1.2.643.5.1.13.13.11.1066)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("код НСИ", max_length=16, unique=True)
    name = models.CharField("название", max_length=100)
    doctor = models.CharField("врач", max_length=100)
    to_doctor = models.CharField("к кому", max_length=100)
    """Dative: «к терапевту»."""
    is_for_children = models.BooleanField("для детей", default=False)

    class Meta:
        verbose_name = "специальность"
        verbose_name_plural = "специальности"

    def __str__(self) -> str:
        return self.name


class Doctor(models.Model):
    """Doctor, врач-консультант: a post in one organisation; a person may hold several."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        Organisation, verbose_name="МО", on_delete=models.PROTECT, related_name="doctors"
    )
    speciality = models.ForeignKey(
        Speciality, verbose_name="специальность", on_delete=models.PROTECT, related_name="doctors"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="учётная запись", on_delete=models.PROTECT
    )
    family = models.CharField("фамилия", max_length=100)
    given = models.CharField("имя", max_length=100)
    patronymic = models.CharField("отчество", max_length=100, blank=True)
    snils = models.CharField("СНИЛС", max_length=11, blank=True)
    room = models.CharField("кабинет", max_length=20, blank=True)
    since_year = models.PositiveSmallIntegerField("стаж с года", null=True, blank=True)
    email = models.EmailField("почта")
    works = models.BooleanField("ведёт приём", default=True)

    class Meta:
        verbose_name = "врач"
        verbose_name_plural = "врачи"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "account", "speciality"], name="clinics_doctor_once"
            )
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.family, self.given, self.patronymic]))


class Role(models.TextChoices):
    """What a member of staff does on the Telemedicine portal."""

    REGISTRAR = "registrar", "регистратор"
    DOCTOR = "doctor", "врач"
    HEAD = "head", "заведующий"


class Post(models.Model):
    """Post, должность: an account's role in one organisation; the door makes the Actor of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="учётная запись", on_delete=models.PROTECT
    )
    organisation = models.ForeignKey(Organisation, verbose_name="МО", on_delete=models.PROTECT)
    role = models.CharField("роль", max_length=16, choices=Role.choices)
    doctor = models.ForeignKey(
        Doctor, verbose_name="врач", on_delete=models.PROTECT, null=True, blank=True
    )
    is_active = models.BooleanField("действует", default=True)

    class Meta:
        verbose_name = "должность"
        verbose_name_plural = "должности"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organisation", "role"], name="clinics_post_once"
            ),
            models.CheckConstraint(
                condition=models.Q(role="doctor", doctor__isnull=False)
                | (~models.Q(role="doctor") & models.Q(doctor__isnull=True)),
                name="clinics_post_doctor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.get_role_display()}, {self.organisation}"
