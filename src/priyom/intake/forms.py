"""The forms of a request: the portal's, the phone call's, the doctor's order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from priyom.clinics.models import Doctor
from priyom.intake import wishes
from priyom.intake.rules import LONGEST_COMPLAINT, RequestData
from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.kernel.phones import normal_phone
from priyom.kernel.refusal import Refusal
from priyom.ui.widgets import DateBoxes

Grouped = list[tuple[str, list[tuple[str, str]]]]


def whom_choices(doctors: Sequence[Doctor], *, is_child: bool) -> Grouped:
    """Return specialities and their doctors for one select: «s:<id>» any, «d:<id>» a named one.

    Adults are not offered children's doctors; for a child those come first.
    """
    groups: dict[UUID, tuple[bool, str, list[tuple[str, str]]]] = {}
    for doctor in doctors:
        kind = doctor.speciality
        if kind.is_for_children and not is_child:
            continue
        any_one = (f"s:{kind.pk}", f"{kind.doctor.capitalize()}, любой")
        group = groups.setdefault(kind.pk, (kind.is_for_children, kind.doctor, [any_one]))
        group[2].append((f"d:{doctor.pk}", str(doctor)))
    ordered = sorted(groups.values(), key=lambda group: (not group[0], group[1]))
    return [(name.capitalize(), choices) for _, name, choices in ordered]


class RequestForm(forms.Form):
    """What all entrances ask: the complaint, whom, when, how to reach."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    complaint = forms.CharField(
        label="Что беспокоит",
        max_length=LONGEST_COMPLAINT,
        widget=forms.Textarea,
        help_text="Своими словами: что, с какого дня, что уже принимали.",
        error_messages={"required": "Напишите, что беспокоит: хотя бы несколько слов."},
    )
    whom = forms.ChoiceField(
        label="К какому врачу",
        error_messages={
            "required": "Выберите врача. Если не знаете какого, начните с терапевта.",
            "invalid_choice": "Такого врача нет в списке. Выберите ещё раз.",
        },
    )
    times = forms.MultipleChoiceField(
        label="Когда удобно",
        required=False,
        error_messages={"invalid_choice": "Это время уже прошло. Отметьте другое."},
    )
    own_on = forms.DateField(
        label="Другой день",
        required=False,
        widget=DateBoxes,
        error_messages={"invalid": "Такой даты нет. Проверьте день, месяц и год."},
    )
    own_from = forms.TimeField(
        label="с",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Впишите время так: 14:30."},
    )
    own_to = forms.TimeField(
        label="до",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Впишите время так: 16:00."},
    )
    phone = forms.CharField(
        label="Телефон",
        max_length=24,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text="Позвоним, если понадобится уточнить.",
        error_messages={"required": "Впишите телефон: по нему позвонят, если нужно уточнить."},
    )
    email = forms.EmailField(
        label="Почта для уведомлений",
        max_length=254,
        required=False,
        help_text="Пришлём время и ссылку на чат.",
        error_messages={"invalid": "Проверьте адрес: имя, знак @ и сайт. Например, anna@mail.ru."},
    )

    def __init__(self, *args: Any, choices: Grouped, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.days = wishes.picks(now)
        whom = self.fields["whom"]
        assert isinstance(whom, forms.ChoiceField)  # noqa: S101 - for the types
        whom.choices = [("", "Выберите"), *choices]
        times = self.fields["times"]
        assert isinstance(times, forms.MultipleChoiceField)  # noqa: S101 - for the types
        offered = [(pick.value, pick.label) for day in self.days for pick in day.picks]
        times.choices = [*offered, (wishes.ANY, "В любое время")]
        self.initial.setdefault("client_key", uuid7())

    def clean_phone(self) -> str:
        """Return the number as typed when it is one."""
        typed = str(self.cleaned_data["phone"])
        if normal_phone(typed) is None:
            raise forms.ValidationError("Это не похоже на телефон. Нужно 10 цифр: 921 555-10-20.")
        return typed

    def clean(self) -> dict[str, Any]:
        """Add what an own interval lacks beside its field."""
        got = super().clean() or {}
        own = [got.get(name) for name in ("own_on", "own_from", "own_to")]
        if any(own) and not all(own) and not any(n in self.errors for n in ("own_from", "own_to")):
            self.add_error("own_on", "Впишите день и часы: с какого времени и до какого.")
        return got

    def intervals(self) -> tuple[wishes.Interval, ...]:
        """Return the wished intervals; call after validation."""
        got = self.cleaned_data
        picked = [wishes.interval_of(pick, self.now) for pick in got["times"]]
        if got.get("own_on") and got.get("own_from") and got.get("own_to"):
            picked.append(wishes.own(got["own_on"], got["own_from"], got["own_to"]))
        return tuple(picked)

    def asked(self, organisation: UUID, doctors: Sequence[Doctor], **more: Any) -> RequestData:
        """Return what was asked; call after validation. `more` are fields of RequestData."""
        got = self.cleaned_data
        kind, _, key = got["whom"].partition(":")
        doctor = next((one for one in doctors if kind == "d" and str(one.pk) == key), None)
        values: dict[str, Any] = {
            "client_key": got["client_key"],
            "organisation": organisation,
            "speciality": doctor.speciality_id if doctor else UUID(key),
            "doctor": doctor.pk if doctor else None,
            "complaint": got["complaint"],
            "phone": got["phone"],
            "email": got.get("email") or "",
            "intervals": self.intervals(),
        }
        return RequestData(**(values | more))

    def take_refusal(self, refusal: Refusal) -> None:
        """Put a refusal of the act beside its field, or on top of the form."""
        name = {"speciality": "whom", "file": "scan"}.get(refusal.field, refusal.field)
        self.add_error(name if name in self.fields else None, refusal.text)


class AskForm(RequestForm):
    """The patient's own form."""

    no_red_flags = forms.BooleanField(
        label="Боли в груди, удушья и другого из списка сверху нет",
        error_messages={
            "required": "Если что-то из списка есть, звоните 103. Если нет, отметьте это здесь."
        },
    )

    def clean(self) -> dict[str, Any]:
        """Ask for at least one time."""
        got = super().clean()
        if not got.get("times") and not got.get("own_on") and "own_on" not in self.errors:
            self.add_error("times", "Отметьте хотя бы одно удобное время.")
        return got


class EnterForm(RequestForm):
    """What a registrar types while somebody speaks on the phone."""

    family = forms.CharField(
        label="Фамилия", max_length=100, error_messages={"required": "Впишите фамилию."}
    )
    given = forms.CharField(
        label="Имя", max_length=100, error_messages={"required": "Впишите имя."}
    )
    patronymic = forms.CharField(label="Отчество", max_length=100, required=False)
    birth_on = forms.DateField(
        label="Дата рождения",
        required=False,
        widget=DateBoxes(birth=True),
        error_messages={"invalid": "Такой даты нет. Проверьте день, месяц и год."},
    )
    for_whom = forms.ChoiceField(
        label="Кто просит",
        choices=[("self", "сам пациент"), ("child", "за ребёнка"), ("ward", "за подопечного")],
        widget=forms.RadioSelect,
        initial="self",
    )
    asked_by_name = forms.CharField(
        label="Кто звонит, если не пациент", max_length=200, required=False
    )
    at_desk = forms.BooleanField(label="Человек пришёл сам", required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a birth date that lies ahead."""
        got = super().clean()
        born = got.get("birth_on")
        if born and born > clock.today():
            self.add_error("birth_on", "Эта дата ещё не наступила. Проверьте год.")
        return got


class CallForm(EnterForm):
    """The console of a phone call: the name may come from the index or from the search's words."""

    flags = forms.ChoiceField(
        label="Есть ли сейчас что-то из этого",
        choices=[("none", "Ничего нет"), ("some", "Есть")],
        widget=forms.RadioSelect,
        error_messages={"required": "Спросите об этом и отметьте ответ."},
    )
    agreed = forms.BooleanField(
        label="Согласен, чтобы его записали и хранили эти данные",
        error_messages={"required": "Спросите согласие и отметьте, что оно дано."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("family", "given"):
            self.fields[name].required = False

    def clean_flags(self) -> str:
        """Stop at once when the ambulance is needed."""
        said = str(self.cleaned_data["flags"])
        if said == "some":
            raise forms.ValidationError("Это для скорой: пусть звонят 103. Заявку не записываем.")
        return said


class OrderForm(RequestForm):
    """A doctor's order during a visit; the consent is taken on the spot."""

    has_consent = forms.BooleanField(
        label="Текст согласия прочитан пациенту, пациент согласен", required=False
    )
    code = forms.CharField(
        label="Код из письма пациента",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Вместо слов: пациент называет код, который пришёл ему на почту.",
    )
    scan = forms.FileField(
        label="Подписанный лист",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
        help_text="Или снимок бумаги, которую пациент подписал: JPEG, PNG или PDF.",
    )
    slot = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the three ways to agree."""
        got = super().clean()
        if not any(got.get(way) for way in ("has_consent", "code", "scan")):
            self.add_error(
                "has_consent",
                "Отметьте, что пациент услышал согласие и согласен, впишите код или снимите лист.",
            )
        return got
