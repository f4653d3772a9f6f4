"""The head's first page, the weeks behind it, and the lists behind each figure."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from priyom.clinics.doors import Request, staff_only
from priyom.clinics.models import Role
from priyom.kernel import words
from priyom.kernel.refusal import missing
from priyom.reports import queries, sheet


@require_GET
@staff_only(Role.HEAD)
def figures(request: Request) -> HttpResponse:
    """Show who waits how long and who is overloaded."""
    page = queries.figures(request.actor)
    top = max((count for _, count in page.chart), default=0) or 1
    bars = [
        {
            "on": on,
            "count": count,
            "y": 100 - round(100 * count / top),
            "height": round(100 * count / top),
        }
        for on, count in page.chart
    ]
    return render(request, "reports/figures.html", {"page": page, "bars": bars})


@require_GET
@staff_only(Role.HEAD)
def behind(request: Request, key: str) -> HttpResponse:
    """Show the rows that one figure counts."""
    page = queries.behind(request.actor, key)
    return render(request, "reports/behind.html", {"page": page})


@require_GET
@staff_only(Role.HEAD)
def waits(request: Request) -> HttpResponse:
    """Show how long people waited, by week, speciality or doctor (?by=, ?weeks=)."""
    page = queries.waits(request.actor, _asked(request))
    context = {"page": page, "kinds": queries.BY, "periods": queries.WEEKS}
    return render(request, "reports/waits.html", context)


@require_GET
@staff_only(Role.HEAD)
def waits_file(request: Request) -> HttpResponse:
    """Give the same table as a file."""
    page = queries.waits(request.actor, _asked(request))
    rows = [
        (
            one.label, one.asked, one.answered, one.answered_p90, one.booked, one.until_booked,
            one.until_booked_p90, one.overdue, one.held, one.no_show,
        )
        for one in (*page.rows, page.total)
    ]  # fmt: skip
    return sheet.download(f"waits-{page.asked.by}-{page.since}", _TABLE, rows)


@require_GET
@staff_only(Role.HEAD)
def waits_list(request: Request, what: str) -> HttpResponse:
    """Show the rows behind one number of the table."""
    asked = _asked(request)
    rows, count = queries.waits_of(request.actor, asked, what)
    context = {"asked": asked, "what": what, "title": queries.WHAT[what], "rows": rows,
               "count": count}  # fmt: skip
    return render(request, "reports/waits_list.html", context)


@require_GET
@staff_only(Role.HEAD)
def waits_list_file(request: Request, what: str) -> HttpResponse:
    """Give the rows behind one number as a file, without names of patients."""
    if what not in queries.WHAT:
        raise missing()
    rows = [
        (
            one.number, f"{words.moscow(one.at):%d.%m.%Y %H:%M}", one.speciality, one.doctor,
            one.answered, one.until_booked, one.is_overdue, one.state,
        )
        for one in queries.lines(request.actor, _asked(request), what)
    ]  # fmt: skip
    return sheet.download(f"waits-{what.replace('_', '-')}", _LIST, rows)


_TABLE = (
    "Строка", "Заявок", "До ответа, ч: обычно", "До ответа, ч: 9 из 10 не дольше", "Записано",
    "До записи, ч: обычно", "До записи, ч: 9 из 10 не дольше", "Позже срока", "Консультаций",
    "Не пришли",
)  # fmt: skip
_LIST = (
    "Номер", "Когда (МСК)", "К кому", "Врач", "До ответа, ч", "До записи, ч", "Позже срока",
    "Состояние",
)  # fmt: skip


def _asked(request: Request) -> queries.Asked:
    given = request.GET
    return queries.Asked.of(given.get("by", ""), given.get("weeks", ""), given.get("key", ""))
