"""Sample data for the living page at /ui/: forms, offers and people that exist nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from priyom.kernel import clock
from priyom.kernel.offer import Offer
from priyom.kernel.refusal import Refusal, RefusalKind
from priyom.ui.widgets import DateBoxes


@dataclass(frozen=True)
class Page:
    """One page of the gallery."""

    template: str
    about: str
    status: int = 200


PAGES = {
    "index": Page("ui/gallery/index.html", "Все детали"),
    "patient-home": Page("ui/gallery/patient_home.html", "Главная пациента"),
    "request": Page("ui/gallery/request.html", "Заявка, шаг формы"),
    "chat": Page("ui/gallery/chat.html", "Чат пациента"),
    "chat-closed": Page("ui/gallery/chat_closed.html", "Закрытый чат"),
    "booking": Page("ui/gallery/booking.html", "Запись регистратором"),
    "workspace": Page("ui/gallery/workspace.html", "Рабочее место врача"),
    "figures": Page("ui/gallery/figures.html", "Показатели заведующего"),
    "sign-in": Page("ui/gallery/sign_in.html", "Вход"),
    "refused": Page("ui/refused.html", "Отказ правила", 409),
    "404": Page("404.html", "Нет страницы", 404),
    "403": Page("403.html", "Нет доступа", 403),
    "413": Page("413.html", "Большой файл", 413),
    "500": Page("500.html", "Поломка", 500),
}


class SampleForm(forms.Form):
    """Every kind of field once."""

    complaint = forms.CharField(
        label="Что беспокоит",
        max_length=300,
        widget=forms.Textarea,
        help_text="Своими словами: что, где, с какого дня, что уже принимали",
    )
    email = forms.EmailField(
        label="Почта для уведомлений",
        help_text="Пришлём время и ссылку на чат",
        error_messages={"invalid": "В адресе не хватает части после @. Например: anna@yandex.ru"},
    )
    phone = forms.CharField(
        label="Телефон",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    born_on = forms.DateField(
        label="Дата рождения",
        widget=DateBoxes(birth=True),
        error_messages={"required": "Укажите дату рождения: по ней мы найдём вашу карту"},
    )
    speciality = forms.ChoiceField(
        label="Какой врач нужен", choices=[("t", "Терапевт"), ("k", "Кардиолог"), ("p", "Педиатр")]
    )
    whom = forms.ChoiceField(
        label="Кому нужна консультация",
        widget=forms.RadioSelect,
        choices=[
            ("self", "Мне"),
            ("child", "Моему ребёнку"),
            ("ward", "Тому, чей я представитель"),
        ],
    )
    times = forms.MultipleChoiceField(
        label="Когда удобно",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("am", "Утром"), ("day", "Днём"), ("pm", "Вечером")],
    )
    agree = forms.BooleanField(
        label="Я прочитал условия и согласен на консультацию по видеосвязи",
        error_messages={"required": "Без согласия врач не сможет начать"},
    )


def _offers() -> dict[str, Offer]:
    later = clock.now().replace(minute=10) + timedelta(hours=1)
    all_of_them = [
        Offer("consultation.begin", "Начать", True, url="/ui/", style="main"),
        Offer(
            "call.start", "Позвонить по видео", False, "Пациент ещё не дал согласие.", url="/ui/"
        ),
        Offer("consultation.early", "Начать раньше", False, available_from=later, url="/ui/"),
        Offer(
            "consultation.return", "Вернуть", True, url="/ui/", style="danger", needs_reason=True
        ),
    ]
    return {one.act: one for one in all_of_them}


def context(page: str, request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows."""
    wrong = SampleForm(
        {"email": "anna@", "born_on_day": "31", "born_on_month": "2", "born_on_year": "1984"},
        auto_id="wrong_%s",
    )
    desk_nav = {
        "booking": ("Журнал", "Консультации", "Расписание", "Пациенты", "Показатели"),
        "workspace": ("Мой день", "Пациенты", "Расписание", "Шаблоны"),
        "figures": ("Показатели", "Консультации", "Расписание", "Врачи"),
    }.get(page, ())
    nav = [{"url": "#main", "label": label, "current": not at} for at, label in enumerate(desk_nav)]
    people = {
        "booking": "Королёва Вера",
        "workspace": "Соколова Ксения",
        "figures": "Морозов Игорь",
    }
    now = clock.now()
    return {
        "pages": PAGES,
        "page": page,
        "nav": nav,
        "home_url": "/ui/",
        "me": people.get(page, "Иванова Анна Сергеевна"),
        "sign_out_url": "/ui/",
        "form": SampleForm(),
        "wrong": wrong,
        "offers": _offers(),
        "now": now,
        "soon": now + timedelta(seconds=108),
        "earlier": now - timedelta(hours=3, minutes=10),
        "later": now + timedelta(minutes=9),
        "title": "Это время только что заняли",
        "refusal": Refusal(
            "slot_taken",
            RefusalKind.CONFLICT,
            "Ближайшие: 14:40, 15:20, завтра 09:00. Выберите другое, остальное сохранено.",
        ),
    }
