"""Organisations (МО), specialities, doctors and the roles of staff."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from priyom.kernel.ids import uuid7
from priyom.kernel.ogrn import is_ogrn


def _real_ogrn(text: str) -> None:
    if not is_ogrn(text):
        raise ValidationError("Проверьте ОГРН: в нём 13 цифр, и последняя не сходится.")


class Organisation(models.Model):
    """Organisation, МО: a polyclinic. Its OID is the one of ФРМО (domain.md 5.3)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField("полное название", max_length=200)
    short_name = models.CharField("короткое название", max_length=60)
    oid = models.CharField("OID ФРМО", max_length=80, unique=True)
    ogrn = models.CharField(
        "ОГРН",
        max_length=13,
        blank=True,
        validators=[_real_ogrn],
        help_text="13 цифр. Без него подпись организации не проверить, и она не ставится.",
    )
    address = models.CharField("адрес", max_length=200)
    phone = models.CharField("телефон регистратуры", max_length=16)
    licence = models.CharField("лицензия", max_length=100)
    answer_hours = models.PositiveSmallIntegerField(
        "регистратура отвечает на заявку, рабочих часов",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(480)],
        help_text="12 — это один рабочий день с 8 до 20.",
    )
    change_hours = models.PositiveSmallIntegerField(
        "пациент сам отменяет и переносит, часов до начала",
        default=2,
        help_text="Позже он звонит в регистратуру. 0: до самого начала.",
    )
    reply_minutes = models.PositiveSmallIntegerField(
        "врач отвечает на приёме, минут",
        default=15,
        validators=[MinValueValidator(1)],
        help_text="Так обещает чат: «врач ответит до 14:35».",
    )
    late_reply_minutes = models.PositiveSmallIntegerField(
        "врач отвечает вне приёма, рабочих минут",
        default=240,
        validators=[MinValueValidator(1)],
        help_text="На присланное по запросу врача и на вопросы после приёма.",
    )
    opens_at = models.TimeField("врачи отвечают с", default=time(8))
    closes_at = models.TimeField("врачи отвечают до", default=time(20))
    work_days = models.CharField(
        "рабочие дни",
        max_length=7,
        default="12345",
        validators=[RegexValidator(r"^(?=\d)1?2?3?4?5?6?7?$", "Номера дней по порядку: 12345.")],
        help_text="1 — понедельник, 7 — воскресенье. Праздники и переносы учтены сами.",
    )

    class Meta:
        verbose_name = "медицинская организация"
        verbose_name_plural = "медицинские организации"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="clinics_hours",
                violation_error_message="Конец рабочего дня должен быть позже начала.",
            ),
            models.CheckConstraint(
                condition=models.Q(reply_minutes__gt=0, late_reply_minutes__gt=0)
                & models.Q(work_days__regex=r"^[1-7]+$"),
                name="clinics_reply",
                violation_error_message="Сроки ответа больше нуля, рабочий день хотя бы один.",
            ),
        ]

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
    for_sex = models.CharField(
        "только для", max_length=1, blank=True, default="", db_default="",
        choices=[("f", "женщин"), ("m", "мужчин")],
    )  # fmt: skip
    from_age = models.PositiveSmallIntegerField(
        "не младше, лет", default=0, db_default=0, help_text="0 — с рождения."
    )

    class Meta:
        verbose_name = "специальность"
        verbose_name_plural = "специальности"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(for_sex__in=["", "f", "m"]), name="clinics_for_sex"
            ),
        ]

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
            ),
            # What the slots' composite key points to: their speciality is the doctor's.
            models.UniqueConstraint(fields=["id", "speciality"], name="clinics_doctor_speciality"),
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
