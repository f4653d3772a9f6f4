"""Laboratory papers that patients send, as PDF."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import typst

from priyom.conclusions.paper import FONTS

_TEMPLATE = Path(__file__).with_name("analysis.typ")
_TOML = tomllib.loads(Path(__file__).with_name("analyses.toml").read_text(encoding="utf-8"))


def analysis(name: str, who: str, made: str) -> bytes:
    """Return the PDF of the paper called `name` (a file name); `who` and `made` are printed."""
    kind = _TOML[name.removesuffix(".pdf")]
    rows = [line.split(" | ") for line in kind["rows"].strip().splitlines()]
    data = {"title": kind["title"], "rows": rows, "who": who, "made": made}
    pdf: bytes = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=1_600_000_000,
    )
    return pdf
