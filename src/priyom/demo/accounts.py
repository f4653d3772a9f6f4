"""The demo's accounts for whoever shows them: sign-in page, `./priyom up`, README. No Django."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from priyom.demo.staff import ADMIN, CLINICS, FIELDS, PASSWORD, WORKERS, Worker

ROLES = {
    "registrar": "регистратор",
    "doctor": "врач",
    "head": "заведующий",
    "admin": "администратор системы",
}


@dataclass(frozen=True)
class DemoAccount:
    """One account: who it is, and what to type where (`where` is a path of the portal)."""

    role: str
    organisation: str
    name: str
    login: str
    password: str
    where: str
    is_first: bool = False
    """One for each role: enough to try everything."""


def _account(worker: Worker) -> DemoAccount:
    places = {clinic.number: clinic.short_name for clinic in CLINICS}
    doctors = {field.code: field.doctor for field in FIELDS}
    return DemoAccount(
        role=doctors.get(worker.field, ROLES[worker.role]),
        organisation=places.get(worker.clinic, ""),
        name=" ".join((worker.family, worker.given, worker.patronymic)),
        login=worker.login,
        password=PASSWORD,
        where="/admin/" if worker.role == "admin" else "/desk/",
        is_first=worker.login in ("kovaleva", "smirnova", "sokolova", "arkhipov", "admin"),
    )


ACCOUNTS = tuple(_account(worker) for worker in (*WORKERS, ADMIN))


def write(folder: Path) -> None:
    """Write var/demo-accounts.json."""
    ordered = sorted(ACCOUNTS, key=lambda account: not account.is_first)
    rows = [{**asdict(account), "place": account.organisation} for account in ordered]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / "demo-accounts.json").write_text(text + "\n", encoding="utf-8")
