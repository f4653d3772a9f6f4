"""The letters of this room: when and where, a link, never a medical word, a name or a complaint.

Each `tell_…` hands letters to notices in the caller's transaction, one key for each event and
person. Who gives no address is told by phone: the registrar's page says so.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation
from priyom.clinics.queries import doctor as find_doctor
from priyom.consultations.models import Consultation
from priyom.consultations.promise import Promise, overdue_key
from priyom.intake.models import Request
from priyom.kernel import words
from priyom.kernel.phones import show_phone
from priyom.notices import actions as notices
from priyom.notices.invitation import Invitation, calendar
from priyom.notices.letter import Words, compose

CHECK_SIGN_IN = "Вход через Госуслуги. Проверьте заранее, что он работает."
OTHER_TIME = "Если время не подходит, выберите другое или отмените запись в личном кабинете."


def tell_booked(request: Request, consultation: Consultation) -> None:
    """Tell both sides that the chat is open and when the time is, with a calendar file."""
    when = words.exact(consultation.starts_at)
    event = f"booked:{consultation.pk}"
    to_patient(
        request,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Консультация назначена: {when}",
            lead="Вам назначена консультация",
            lines=("Чат уже открыт: вопросы и файлы можно отправить заранее.",),
            after=(CHECK_SIGN_IN, OTHER_TIME),
        ),
    )
    _to_doctor(
        consultation.doctor,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Новая консультация: {when}",
            lead="У вас новая консультация",
            lines=("Чат открыт.",),
            side="doctor",
        ),
    )


def tell_moved(request: Request | None, consultation: Consultation, former: UUID | None) -> None:
    """Tell both sides the new time; a doctor who is no longer needed hears that too."""
    when = words.exact(consultation.starts_at)
    event = f"moved:{consultation.pk}:{consultation.last_seq}"
    to_patient(
        request,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Консультация перенесена: {when}",
            lead="У консультации новое время",
            lines=("Прежнее время больше не действует. Чат остаётся тем же.",),
            after=(OTHER_TIME,),
        ),
    )
    _to_doctor(
        consultation.doctor,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Консультация перенесена: {when}",
            lead="У консультации новое время",
            side="doctor",
        ),
    )
    doctor = find_doctor(former) if former else None
    if doctor is not None:
        _to_former(doctor, consultation, event)


_WHY = {
    "clinic": "Заявка снова в регистратуре: вам назначат другое время и напишут.",
    "returned": "Заявка снова в регистратуре: вам назначат другое время и напишут.",
    "patient": "Отмена принята. Если консультация снова понадобится, оставьте новую заявку.",
}


def tell_cancelled(request: Request | None, consultation: Consultation, by: str) -> None:
    """Tell both sides that the time is off; `by` is clinic, returned (by the doctor) or patient."""
    when = words.exact(consultation.starts_at)
    event = f"cancelled:{consultation.pk}"
    to_patient(
        request,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Консультация отменена: {when}",
            lead="Консультация отменена",
            lines=(_WHY[by],),
            after=("Причина написана в личном кабинете.",) if by != "patient" else (),
        ),
        is_cancelled=True,
    )
    if by != "returned":
        _to_doctor(
            consultation.doctor,
            consultation,
            event,
            words_of(
                consultation,
                subject=f"Консультация отменена: {when}",
                lead="Консультация отменена",
                lines=("Это время у вас больше не занято.",),
                side="doctor",
            ),
            is_cancelled=True,
        )


def tell_handed_over(request: Request | None, consultation: Consultation) -> None:
    """Tell the colleague who has it now, and the patient that another doctor answers."""
    event = f"handed-over:{consultation.pk}:{consultation.last_seq}"
    to_patient(
        request,
        consultation,
        event,
        words_of(
            consultation,
            subject="Консультацию ведёт другой врач",
            lead="Консультацию ведёт другой врач",
            lines=("Время, чат и вся переписка остаются прежними.",),
        ),
        has_calendar=False,
    )
    _to_doctor(
        consultation.doctor,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Вам передали консультацию: {words.exact(consultation.starts_at)}",
            lead="Коллега передал вам консультацию",
            lines=("Причина и вся переписка видны в чате.",),
            side="doctor",
        ),
    )


def tell_taken_over(request: Request | None, consultation: Consultation, former: Doctor) -> None:
    """Tell the patient and both doctors that a colleague took over what was overdue."""
    event = f"taken-over:{consultation.pk}:{consultation.last_seq}"
    to_patient(
        request,
        consultation,
        event,
        words_of(
            consultation,
            subject="Консультацию ведёт другой врач",
            lead="Ответ задержался, и консультацию взял другой врач",
            lines=("Время, чат и вся переписка остаются прежними.",),
        ),
        has_calendar=False,
    )
    _to_doctor(
        consultation.doctor,
        consultation,
        event,
        words_of(
            consultation,
            subject=f"Вы взяли консультацию: {words.exact(consultation.starts_at)}",
            lead="Вы взяли консультацию коллеги",
            lines=("Пациент ждёт ответа в чате.",),
            side="doctor",
        ),
    )
    _to_former(former, consultation, event)


def tell_overdue(consultation: Consultation, asked: Promise, head: Account) -> None:
    """Tell a head that an answer is overdue: which, until when it was promised; nothing else."""
    letter = compose(
        Words(
            subject=f"Нет ответа в срок: консультация № {consultation.number}",
            lead="Пациент ждёт ответа врача дольше обещанного",
            facts=(
                ("Номер", consultation.number),
                ("Обещали до", words.exact(asked.due_at)),
            ),
            lines=("Консультацию может взять любой коллега той же специальности.",),
            button="Кто ждёт ответа",
            url=f"{settings.PUBLIC_URL}/desk/figures/late/",
            sender=sender_of(consultation.organisation),
        )
    )
    key = f"{overdue_key(consultation.pk, asked.seq)}{head.pk}"
    notices.queue(consultation.organisation_id, key, head.email, letter, consultation.pk)


def tell_missed(request: Request | None, consultation: Consultation) -> None:
    """Tell the patient that the doctor waited, and how to ask again."""
    to_patient(
        request,
        consultation,
        f"missed:{consultation.pk}",
        words_of(
            consultation,
            subject="Консультация не состоялась",
            lead="Врач ждал вас, но консультация не состоялась",
            lines=("Если она ещё нужна, оставьте новую заявку или позвоните в регистратуру.",),
        ),
        has_calendar=False,
    )


_SOON = {
    timedelta(days=1): "Консультация через сутки",
    timedelta(hours=2): "Консультация через два часа",
    timedelta(minutes=10): "Консультация через десять минут",
}


def soon_key(consultation: Consultation, rung: timedelta) -> str:
    """Return the key of a recall: one for each time and rung, so a moved one is recalled anew."""
    return f"soon:{consultation.pk}:{consultation.starts_at:%Y%m%d%H%M}:{int(rung.total_seconds())}"


def tell_soon(request: Request | None, consultation: Consultation, rung: timedelta) -> None:
    """Recall the time to the patient; the doctor has the day's list."""
    to_patient(
        request,
        consultation,
        soon_key(consultation, rung),
        words_of(
            consultation,
            subject=f"Напоминаем: консультация {words.exact(consultation.starts_at)}",
            lead=_SOON[rung],
            after=(CHECK_SIGN_IN, OTHER_TIME),
        ),
        has_calendar=False,
    )


_ENDED = {
    "reopened": ("Заявка снова в работе", "Регистратура вернула вашу заявку в работу"),
    "declined": ("Ответ по вашей заявке", "Регистратура ответила на вашу заявку"),
    "expired": (
        "До вас не дозвонились",
        "Мы не смогли с вами связаться, и время, которое вы отметили, прошло",
    ),
}


def tell_request(request: Request, outcome: str) -> None:
    """Tell who asked: declined (the reason is on the portal), expired, or reopened after that."""
    if not request.email or (request.patient and request.patient.is_dead):
        return
    subject, lead = _ENDED[outcome]
    letter = compose(
        Words(
            subject=f"{subject} № {request.number}",
            lead=lead,
            lines=("Ответ и что можно сделать дальше: в личном кабинете.",),
            button="Открыть заявку",
            url=f"{settings.PUBLIC_URL}/my/requests/{request.pk}/",
            sender=sender_of(request.organisation),
        )
    )
    key = f"{outcome}:{request.pk}:{int(request.answer_due_at.timestamp())}:patient"
    notices.queue(request.organisation_id, key, request.email, letter, request.pk)


_BUTTONS = {"patient": "Открыть чат", "doctor": "Открыть консультацию", "former": ""}


def words_of(
    consultation: Consultation,
    *,
    subject: str,
    lead: str,
    lines: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    side: str = "patient",
) -> Words:
    """Return the words of a letter; `side` is patient, doctor or former (a doctor with no link)."""
    facts = (
        ("Когда", words.exact(consultation.starts_at)),
        ("Где", f"{consultation.organisation.short_name}, чат на портале «Приём»"),
        ("Номер", consultation.number),
    )
    return Words(
        subject=subject,
        lead=lead,
        lines=lines,
        facts=facts,
        button=_BUTTONS[side],
        url="" if side == "former" else _url(consultation, side == "doctor"),
        after=after,
        sender=sender_of(consultation.organisation),
    )


def _url(consultation: Consultation, for_doctor: bool) -> str:
    portal = "desk" if for_doctor else "my"
    return f"{settings.PUBLIC_URL}/{portal}/consultations/{consultation.pk}/"


def sender_of(organisation: Organisation) -> str:
    """Return the last line of a letter: who writes, and the phone."""
    return f"{organisation.short_name}, регистратура {show_phone(organisation.phone)}"


def to_patient(
    request: Request | None,
    consultation: Consultation,
    event: str,
    said: Words,
    *,
    is_cancelled: bool = False,
    has_calendar: bool = True,
) -> None:
    """Queue a letter to the patient's side; `event` keys it. Who has no address is left out.

    Nothing goes out about the dead, to the family's address neither: the registry settles it.
    """
    to = request.email if request else consultation.patient.email
    if not to or consultation.patient.is_dead:
        return
    text = ""
    if has_calendar:
        text = _calendar(consultation, to, _url(consultation, False), is_cancelled)
    notices.queue(
        consultation.organisation_id, f"{event}:patient", to, compose(said, text), consultation.pk
    )


def _to_former(doctor: Doctor, consultation: Consultation, event: str) -> None:
    _to_doctor(
        doctor,
        consultation,
        f"{event}:former",
        words_of(
            consultation,
            subject=f"Консультация № {consultation.number} передана другому врачу",
            lead="Консультация передана другому врачу",
            lines=("Это время у вас больше не занято.",),
            side="former",
        ),
        is_cancelled=True,
    )


def _to_doctor(
    doctor: Doctor,
    consultation: Consultation,
    event: str,
    said: Words,
    *,
    is_cancelled: bool = False,
) -> None:
    if not doctor.email:
        return
    text = _calendar(consultation, doctor.email, _url(consultation, True), is_cancelled)
    notices.queue(
        consultation.organisation_id,
        f"{event}:doctor",
        doctor.email,
        compose(said, text),
        consultation.pk,
    )


def _calendar(consultation: Consultation, to: str, url: str, is_cancelled: bool) -> str:
    return calendar(
        Invitation(
            about=consultation.pk,
            host=notices.host(),
            sequence=consultation.last_seq,
            starts_at=consultation.starts_at,
            ends_at=consultation.ends_at,
            sender=notices.sender(),
            attendee=to,
            url=url,
            is_cancelled=is_cancelled,
        )
    )
