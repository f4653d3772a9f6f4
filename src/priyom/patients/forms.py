"""Forms of the index: its rules said beside the fields."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from priyom.kernel import clock
from priyom.kernel.ids import uuid7
from priyom.patients import queries, rules, standing
from priyom.patients.details import FORMS, KINDS
from priyom.patients.rules import CardData
from priyom.patients.standing import PROOFS, RELATIONS, Bond, Party, Proof, Relation
from priyom.ui.widgets import DateBoxes

NO_DAY = "Такой даты нет. Проверьте день, месяц и год."


class CardForm(forms.Form):
    """A new card; `key` comes with the empty form, so that a second send makes no second card."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    family = forms.CharField(
        label="Фамилия",
        max_length=100,
        error_messages={"required": "Впишите фамилию, как в документе."},
    )
    given = forms.CharField(
        label="Имя", max_length=100, error_messages={"required": "Впишите имя, как в документе."}
    )
    patronymic = forms.CharField(
        label="Отчество", max_length=100, required=False, help_text="Если его нет, оставьте пустым."
    )
    birth_on = forms.DateField(
        label="Дата рождения",
        widget=DateBoxes(birth=True),
        error_messages={
            "invalid": NO_DAY,
            "required": "Впишите день, месяц и год рождения.",
        },
    )
    sex = forms.ChoiceField(
        label="Пол",
        choices=[("f", "женский"), ("m", "мужской")],
        widget=forms.RadioSelect,
        error_messages={"required": "Отметьте пол, как в документе."},
    )
    snils = forms.CharField(label="СНИЛС", max_length=20, required=False)
    enp = forms.CharField(label="Полис ОМС (ЕНП)", max_length=24, required=False)
    document = forms.CharField(label="Паспорт или свидетельство", max_length=40, required=False)
    phone = forms.CharField(label="Телефон", max_length=24, required=False)
    email = forms.CharField(label="Почта", max_length=254, required=False)
    address = forms.CharField(label="Адрес", max_length=200, required=False)
    attached_to = forms.ChoiceField(label="Прикреплён к", required=False)
    is_temporary = forms.BooleanField(
        label="Временная карта: документы не показаны, чат откроется после сверки", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attached = self.fields["attached_to"]
        if isinstance(attached, forms.ChoiceField):
            attached.choices = [("", "не прикреплён"), *queries.attachable()]
        self.initial.setdefault("key", uuid7())

    def clean(self) -> dict[str, Any]:
        """Add the index's refusals, each beside its field."""
        cleaned = super().clean() or {}
        if "birth_on" in cleaned and "sex" in cleaned:
            faults = rules.faults(self.card(), clock.today())
            for fault in (one for one in faults if one.field not in self.errors):
                self.add_error(fault.field, fault.text)
        return cleaned

    def card(self) -> CardData:
        """Return what was typed; call after validation."""
        got = self.cleaned_data
        attached = got.get("attached_to")
        return CardData(
            family=got.get("family", ""),
            given=got.get("given", ""),
            patronymic=got.get("patronymic", ""),
            birth_on=got["birth_on"],
            sex=got["sex"],
            snils=got.get("snils", ""),
            enp=got.get("enp", ""),
            document=got.get("document", ""),
            address=got.get("address", ""),
            phone=got.get("phone", ""),
            email=got.get("email", ""),
            attached_to=UUID(attached) if attached else None,
            is_temporary=bool(got.get("is_temporary")),
            key=got.get("key") or uuid7(),
        )

    @property
    def warnings(self) -> list[str]:
        """Questions about unusual names; they never stop the registrar."""
        got = self.cleaned_data if self.is_bound else {}
        names = (str(got.get(name, "")) for name in ("family", "given", "patronymic"))
        return [warning for warning in map(rules.name_warning, names) if warning]


class AmendForm(CardForm):
    """The fields of a card that is there; `seen` is the newest change the form was made after."""

    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


FORM_CHOICES = [
    (f"{kind}.{form}", f"{KINDS[kind]}: {label}")
    for kind, forms_ in FORMS.items()
    for form, label in forms_.items()
]


class MergeForm(forms.Form):
    """What two cards were compared by: which one stays, and the newest change of each."""

    survivor = forms.UUIDField()
    seen = forms.UUIDField(required=False)
    seen_other = forms.UUIDField(required=False)


class BondForm(forms.Form):
    """Who stands for a patient and by what paper; `parties` are the patient and that person."""

    relation = forms.ChoiceField(
        label="Кем приходится",
        choices=[(one.value, name) for one, name in RELATIONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Отметьте, кем представитель приходится пациенту."},
    )
    proof = forms.ChoiceField(
        label="Документ",
        choices=[("", "выберите"), *((one.value, name) for one, name in PROOFS.items())],
        error_messages={"required": "Выберите документ, который показал представитель."},
    )
    number = forms.CharField(
        label="Номер", max_length=60, error_messages={"required": "Впишите номер, как в документе."}
    )
    issued_on = forms.DateField(
        label="Когда выдан",
        widget=DateBoxes(),
        error_messages={"invalid": NO_DAY, "required": "Впишите, когда выдан документ."},
    )
    issued_by = forms.CharField(
        label="Кем выдан",
        max_length=120,
        error_messages={"required": "Впишите, кем выдан документ."},
    )
    since = forms.DateField(
        label="Действует с",
        widget=DateBoxes(),
        required=False,
        help_text="Пусто: со дня выдачи документа.",
        error_messages={"invalid": NO_DAY},
    )
    until = forms.DateField(
        label="Последний день",
        widget=DateBoxes(),
        required=False,
        help_text="Пусто: без срока. За ребёнка действуют до 15 лет, что бы ни стояло в документе.",
        error_messages={"invalid": NO_DAY},
    )

    def __init__(self, *args: Any, parties: tuple[Party, Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = parties

    def clean(self) -> dict[str, Any]:
        """Add the rules' refusals, each beside its field; those of the person on top."""
        cleaned = super().clean() or {}
        if {"relation", "proof"} <= cleaned.keys():
            faults = standing.faults(self.bond(), *self.parties, clock.today())
            for fault in (one for one in faults if one.field not in self.errors):
                self.add_error(fault.field if fault.field in self.fields else None, fault.text)
        return cleaned

    def bond(self) -> Bond:
        """Return what was typed."""
        got = self.cleaned_data
        return Bond(
            Relation(got["relation"]), Proof(got["proof"]), got.get("number", ""),
            got.get("issued_on"), got.get("issued_by", ""), got.get("since"), got.get("until"),
        )  # fmt: skip


class TermForm(forms.Form):
    """Another last day of a representative."""

    until = forms.DateField(
        label="Последний день",
        widget=DateBoxes(),
        required=False,
        help_text="Пусто: без срока.",
        error_messages={"invalid": NO_DAY},
    )


class EndForm(forms.Form):
    """Why a right ends."""

    why = forms.CharField(
        label="Почему",
        max_length=200,
        help_text="Например: записан по ошибке, решение суда.",
        error_messages={"required": "Напишите почему: ошибка в карте, решение суда."},
    )


class DetailForm(forms.Form):
    """One more phone, e-mail, address, document or policy."""

    form = forms.ChoiceField(label="Что добавить", choices=FORM_CHOICES)
    value = forms.CharField(
        label="Номер или адрес",
        max_length=200,
        error_messages={"required": "Впишите номер или адрес."},
    )
    note = forms.CharField(label="Пояснение", max_length=120, required=False)
