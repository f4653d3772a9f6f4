"""What is wrong with a signature, in words: what happened and what to do next."""

from __future__ import annotations

from priyom.conclusions.signing.faults import Fault
from priyom.kernel.refusal import Refusal, RefusalKind

SERVICE = "conclusion.service."
NO_CERTIFICATE = "conclusion.no_certificate"
WORDS = {
    Fault.UNREADABLE: "Подпись пришла в виде, который здесь не читается. Подпишите ещё раз; если "
    "повторится, покажите это администратору.",
    Fault.HASH: "Подписан другой файл, не тот, что вы прочитали. Откройте страницу заново, "
    "проверьте документ и подпишите ещё раз.",
    Fault.SIGNATURE: "Подпись не сходится с сертификатом: она повреждена или сделана другим "
    "ключом. Подпишите ещё раз.",
    Fault.OTHER_CERTIFICATE: "Подписано другим сертификатом, не тем, что напечатан в документе. "
    "Подпишите тем же или верните заключение к правке и выберите другой.",
    Fault.CHAIN: "Этот сертификат выдал центр, которому здесь не доверяют. Выберите сертификат "
    "аккредитованного удостоверяющего центра.",
    Fault.EXPIRED: "Срок действия сертификата закончился. Выберите действующий или получите новый "
    "в удостоверяющем центре.",
    Fault.NOT_YET: "Срок действия сертификата ещё не начался. Выберите другой или подпишите позже.",
    Fault.USAGE: "Этот сертификат выдан не для подписи документов. Выберите другой.",
    Fault.NO_SNILS: "В сертификате нет СНИЛС: это не личный сертификат врача. Выберите личный.",
    Fault.SNILS: "СНИЛС в сертификате не ваш: он выдан другому человеку. Выберите свой сертификат.",
    Fault.REVOKED: "Этот сертификат отозван. Выберите другой или получите новый в удостоверяющем "
    "центре.",
    Fault.UNLISTED: "Не получается узнать, не отозван ли сертификат: список удостоверяющего центра "
    "не пришёл или устарел. Подпишите позже; если повторится, скажите администратору.",
    Fault.NO_OGRN: "В сертификате нет ОГРН: это не сертификат организации. Выберите сертификат "
    "организации.",
    Fault.OGRN: "ОГРН в сертификате не этой организации: он выдан другой. Выберите её сертификат.",
    Fault.CLOCK: "Часы на компьютере, где подписано, расходятся с нашими больше чем на 10 минут. "
    "Поправьте время и подпишите ещё раз.",
    Fault.SHAPE: "Подпись не помещается в документ. Верните заключение к правке и сформируйте "
    "его снова; если повторится, покажите это администратору.",
}


NO_OGRN = "organisation_has_none"
_ASK = "Попросите администратора"
_OF_ORGANISATION = {
    NO_OGRN: "В карточке организации нет ОГРН, без него её подпись не проверить. "
    f"{_ASK} вписать его.",
    Fault.NO_OGRN: "В сертификате нет ОГРН: это не сертификат организации. "
    f"{_ASK} подключить сертификат организации.",
    Fault.OGRN: "ОГРН в сертификате не этой организации: он выдан другой. "
    f"{_ASK} подключить её сертификат.",
    Fault.EXPIRED: "Срок действия сертификата организации закончился. "
    f"{_ASK} получить и подключить новый.",
    Fault.REVOKED: f"Сертификат организации отозван. {_ASK} получить и подключить новый.",
    Fault.UNLISTED: "Не получается узнать, не отозван ли сертификат организации: список "
    f"удостоверяющего центра не пришёл или устарел. {_ASK} посмотреть, почему.",
    Fault.CHAIN: "Сертификат организации выдал центр, которому здесь не доверяют. "
    f"{_ASK} подключить сертификат аккредитованного центра.",
}


def of_organisation(code: str) -> str:
    """Return why the organisation's signature was not taken, for its head: a Fault or NO_OGRN."""
    said = f"То, что пришло вместо подписи, не принято. {_ASK} посмотреть журнал."
    return _OF_ORGANISATION.get(code, said)


def not_taken(fault: Fault) -> Refusal:
    """Return the refusal of a signature or certificate; the document stays as it was."""
    return Refusal(f"conclusion.signature.{fault}", RefusalKind.INVALID, WORDS[fault])


def no_snils() -> Refusal:
    """Return the refusal of signing by a doctor whose СНИЛС is not known here."""
    return Refusal(
        "conclusion.no_snils",
        RefusalKind.CONFLICT,
        "В карточке врача нет СНИЛС, без него подпись не проверить. Попросите администратора "
        "вписать его и подпишите ещё раз.",
    )


def other_way() -> Refusal:
    """Return the refusal of signing what was formed for another way of signing."""
    return Refusal(
        "conclusion.other_way",
        RefusalKind.CONFLICT,
        "Способ подписи с тех пор изменился. Верните заключение к правке и сформируйте его снова.",
    )


def no_certificate() -> Refusal:
    """Return the refusal of forming without the certificate that is printed in the document."""
    return Refusal(
        NO_CERTIFICATE,
        RefusalKind.INVALID,
        "Выберите сертификат, которым подпишете: он печатается в документе.",
    )


def no_signature() -> Refusal:
    """Return the refusal of a signing form that brought no signature."""
    return Refusal(
        "conclusion.no_signature",
        RefusalKind.INVALID,
        "Подпись не пришла. Подпишите ещё раз: нужен браузер с плагином КриптоПро ЭЦП.",
    )


def silent_service() -> Refusal:
    """Return the refusal of signing while the outside service does not answer."""
    return Refusal(
        f"{SERVICE}silent",
        RefusalKind.CONFLICT,
        "Служба подписи не отвечает. Подождите минуту и попробуйте ещё раз; если повторится, "
        "скажите администратору.",
    )


def service_waits() -> Refusal:
    """Return the refusal of signing before the doctor has said yes to the service."""
    return Refusal(
        f"{SERVICE}waits",
        RefusalKind.CONFLICT,
        "Служба подписи ждёт вашего подтверждения. Подтвердите в её приложении и нажмите "
        "«Подписать» ещё раз.",
    )


def service_has_no_key() -> Refusal:
    """Return the refusal of signing by a doctor whom the service does not know."""
    return Refusal(
        f"{SERVICE}no_key",
        RefusalKind.CONFLICT,
        "Служба подписи не знает вашего сертификата. Попросите администратора подключить вас.",
    )


def silent_time() -> Refusal:
    """Return the refusal of signing while the authority of time does not answer."""
    return Refusal(
        f"{SERVICE}time",
        RefusalKind.CONFLICT,
        "Служба точного времени не отвечает, без её метки подпись не принимается. Подождите минуту "
        "и подпишите ещё раз.",
    )
