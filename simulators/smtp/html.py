"""The mailbox's HTML, each value escaped where it is put in."""

import re
from collections.abc import Sequence
from datetime import timedelta, timezone
from html import escape

from simulators.smtp.letters import Letter

MOSCOW = timezone(timedelta(hours=3))
MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


def moment(letter: Letter) -> str:
    at = letter.received_at.astimezone(MOSCOW)
    return f"{at.day} {MONTHS[at.month - 1]}, {at:%H:%M} (МСК)"


def shell(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="stylesheet" href="/style.css"></head><body>'
        '<header><a class="home" href="/">Учебная почта</a>'
        "<p>Письма демонстрации. Настоящим людям они не уходят.</p></header>"
        f"<main>{body}</main></body></html>"
    )


def index(letters: Sequence[Letter], to: str) -> str:
    form = (
        '<form class="search" role="search"><label for="to">Кому</label>'
        f'<input id="to" name="to" type="search" value="{escape(to)}" '
        'placeholder="часть адреса"><button>Показать</button></form>'
    )
    rows = "".join(_row(one) for one in letters)
    if rows:
        listing = f'<ul class="letters">{rows}</ul>'
    elif to:
        listing = f'<p class="empty">Писем для «{escape(to)}» нет. <a href="/">Все письма</a></p>'
    else:
        listing = '<p class="empty">Писем пока нет. Они появятся, когда кого-нибудь запишут.</p>'
    return shell("Учебная почта", f"<h1>Письма</h1>{form}{listing}")


def _row(letter: Letter) -> str:
    clip = " · с вложением" if letter.attachments else ""
    return (
        f'<li><a href="/letters/{letter.key}/"><strong>{escape(letter.subject)}</strong>'
        f"<span>{escape(', '.join(letter.recipients))}</span>"
        f"<time>{moment(letter)}{clip}</time></a></li>"
    )


def letter(one: Letter, sandbox: str) -> str:
    facts = (("Кому", _recipients(one)), ("От кого", escape(one.sender)), ("Когда", moment(one)))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    parts = [f"<h1>{escape(one.subject)}</h1>", f"<dl>{listed}</dl>"]
    if one.attachments:
        parts.append(f'<ul class="attachments">{_attachments(one)}</ul>')
    if one.html:
        parts.append(
            f'<iframe title="Письмо" sandbox="{sandbox}" src="/letters/{one.key}/html"></iframe>'
        )
    if one.text:
        opened = "" if one.html else " open"
        parts.append(f"<details{opened}><summary>Текстом</summary>{_text(one.text)}</details>")
    parts.append(f'<p><a href="/letters/{one.key}/source">Письмо целиком (.eml)</a></p>')
    return shell(one.subject, "".join(parts))


def _recipients(one: Letter) -> str:
    return ", ".join(f'<a href="/?to={escape(to)}">{escape(to)}</a>' for to in one.recipients)


def _attachments(one: Letter) -> str:
    return "".join(
        f'<li><a href="/letters/{one.key}/attachments/{number}">{escape(part.name)}</a> '
        f"{max(1, len(part.content) // 1024)} КБ</li>"
        for number, part in enumerate(one.attachments)
    )


def _text(text: str) -> str:
    """Plain text with its addresses as links; escaped piece by piece."""
    pieces, end = [], 0
    for found in LINK.finditer(text):
        address = escape(found[0])
        pieces += [escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return f"<pre>{''.join(pieces)}{escape(text[end:])}</pre>"


def with_outer_links(html: str) -> str:
    """The letter's own HTML; its links open in a new window instead of inside the frame."""
    base = '<base target="_blank">'
    put, count = re.subn(r"(<head[^>]*>)", rf"\1{base}", html, count=1, flags=re.IGNORECASE)
    return put if count else base + html


def missing() -> str:
    return shell("Нет такого письма", "<h1>Нет такого письма</h1><p><a href='/'>Все письма</a></p>")
