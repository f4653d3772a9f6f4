"""Laboratory papers that patients send, as PDF."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from priyom.conclusions.paper import FONTS

_TEMPLATE = Path(__file__).with_name("analysis.typ")
Rows = tuple[tuple[str, str, str], ...]
_BLOOD: Rows = (
    ("Гемоглобин, г/л", "121", "120–150"), ("Эритроциты, 10¹²/л", "4,1", "3,9–4,9"),
    ("Лейкоциты, 10⁹/л", "6,2", "4,0–9,0"), ("Тромбоциты, 10⁹/л", "232", "150–400"),
    ("СОЭ, мм/ч", "9", "2–20"), ("С-реактивный белок, мг/л", "3,1", "< 5,0"),
)  # fmt: skip
_KINDS: dict[str, tuple[str, Rows]] = {
    "Анализ крови": ("Общий анализ крови", _BLOOD),
    "Старый анализ": ("Общий анализ крови, ферритин", (*_BLOOD, ("Ферритин, мкг/л", "14", "30–150"))),
    "ЭКГ и анализы": (
        "Электрокардиограмма, заключение",
        (("Ритм", "синусовый", "синусовый"), ("ЧСС, в минуту", "82", "60–90"),
         ("PQ, мс", "156", "120–200"), ("QT корр., мс", "412", "< 450"),
         ("Калий, ммоль/л", "4,2", "3,5–5,1")),
    ),
    "Холестерин": (
        "Липидограмма",
        (("Холестерин общий, ммоль/л", "6,8", "< 5,0"), ("ЛПНП, ммоль/л", "4,4", "< 3,0"),
         ("ЛПВП, ммоль/л", "1,3", "> 1,2"), ("Триглицериды, ммоль/л", "1,6", "< 1,7")),
    ),
    "Глюкоза": ("Глюкоза крови", (("Глюкоза натощак, ммоль/л", "6,7", "3,9–6,0"),)),
    "ТТГ": ("Гормоны щитовидной железы", (("ТТГ, мМЕ/л", "6,4", "0,4–4,0"), ("Т4 св., пмоль/л", "12,1", "9–19"))),
    "Описание КТ": (
        "Компьютерная томография лёгких, описание",
        (("Правое лёгкое", "участок «матового стекла», S6", "без изменений"),
         ("Левое лёгкое", "без изменений", "без изменений"), ("Объём поражения", "менее 10 %", "0 %")),
    ),
    "Мазок": ("Цитологическое исследование", (("Результат по Бетесде", "ASC-US", "NILM"), ("Флора", "палочковая", "палочковая"))),
}  # fmt: skip


def analysis(name: str, who: str, made: str) -> bytes:
    """Return the PDF of the paper called `name` (a file name); `who` and `made` are printed."""
    title, rows = _KINDS[name.removesuffix(".pdf")]
    data = {"title": title, "rows": rows, "who": who, "made": made}
    pdf: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=1_600_000_000,
    )
    return pdf
