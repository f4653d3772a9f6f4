"""Organisations, doctors and staff with their accounts, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Speciality
from priyom.clinics.models import Post as Job
from priyom.demo.copying import put
from priyom.demo.dice import Dice
from priyom.demo.signs import latin, valid_snils
from priyom.demo.slots import Post
from priyom.demo.staff import ADMIN, CLINICS, FIELDS, PASSWORD, WORKERS, Worker
from priyom.kernel.clock import MOSCOW
from priyom.kernel.ogrn import check_digit
from priyom.kernel.words import short_name

FOUNDED = datetime(2020, 3, 30, 9, tzinfo=MOSCOW)
_OGRN = 103780001000
"""The first twelve digits of a made-up ОГРН; the number of the clinic is added."""
OID = "1.2.643.5.1.13.13.12.2.78.{}"


class Clinics:
    """The demo's organisations and staff by their names in staff.py."""

    def __init__(self) -> None:
        self.organisations = {one.number: _key("org", one.number) for one in CLINICS}
        self.fields = {one.code: _key("field", one.code) for one in FIELDS}
        self.accounts = {one.login: _key("account", one.login) for one in (*WORKERS, ADMIN)}
        self.posts = [
            self._post(place, worker)
            for place, worker in enumerate(one for one in WORKERS if one.role == "doctor")
        ]

    def _post(self, place: int, worker: Worker) -> Post:
        return Post(
            worker,
            _key("doctor", worker.login),
            self.accounts[worker.login],
            self.organisations[worker.clinic],
            self.fields[worker.field],
            place,
        )

    def clerks(self, number: int) -> list[Worker]:
        """Return the registrars of an organisation."""
        return [one for one in WORKERS if one.clinic == number and one.role == "registrar"]

    def load(self) -> None:
        """Copy everything; the password is hashed once for all."""
        put(Organisation, [self.organisation_row(one.number) for one in CLINICS])
        put(Speciality, [self.field_row(one.code) for one in FIELDS])
        password = make_password(PASSWORD)
        put(Account, [self._account(one, password) for one in (*WORKERS, ADMIN)])
        put(Doctor, map(self.doctor_row, self.posts))
        put(Job, map(self._job, WORKERS))

    def head(self, number: int) -> tuple[UUID, str]:
        """Return account and short name of the head of an organisation."""
        one = next(one for one in WORKERS if one.clinic == number and one.role == "head")
        return self.accounts[one.login], short_name(one.family, one.given, one.patronymic)

    def organisation_row(self, number: int) -> dict[str, Any]:
        """Return the row of an organisation."""
        one = next(one for one in CLINICS if one.number == number)
        return {
            "id": self.organisations[one.number],
            "name": one.name,
            "short_name": one.short_name,
            "oid": OID.format(8600 + one.number),
            "ogrn": f"{_OGRN + one.number}{check_digit(str(_OGRN + one.number))}",
            "address": one.address,
            "phone": one.phone,
            "licence": f"ЛО41-01148-78/00{554_000 + one.number}",
            "answer_hours": 12,
        }

    def field_row(self, code: str) -> dict[str, Any]:
        """Return the row of a speciality."""
        one = next(one for one in FIELDS if one.code == code)
        return {
            "id": self.fields[one.code],
            "code": one.code,
            "name": one.name,
            "doctor": one.doctor,
            "to_doctor": one.to_doctor,
            "is_for_children": one.is_for_children,
            "for_sex": one.for_sex,
        }

    def _account(self, one: Worker, password: str) -> dict[str, Any]:
        is_admin = one.role == "admin"
        return {
            "id": self.accounts[one.login],
            "password": password,
            "login": one.login,
            "family": one.family,
            "given": one.given,
            "patronymic": one.patronymic,
            "email": _mail(one),
            "is_staff": is_admin,
            "is_superuser": is_admin,
            "made_at": FOUNDED,
        }

    def doctor_row(self, post: Post) -> dict[str, Any]:
        """Return the row of a doctor."""
        worker = post.worker
        return {
            "id": post.doctor,
            "organisation_id": post.organisation,
            "speciality_id": post.speciality,
            "account_id": post.account,
            "family": worker.family,
            "given": worker.given,
            "patronymic": worker.patronymic,
            "snils": valid_snils(140_500_000 + 7919 * (post.place + 1)),
            "room": worker.room,
            "since_year": worker.since,
            "email": _mail(worker),
        }

    def _job(self, worker: Worker) -> dict[str, Any]:
        is_doctor = worker.role == "doctor"
        return {
            "id": _key("post", worker.login),
            "account_id": self.accounts[worker.login],
            "organisation_id": self.organisations[worker.clinic],
            "role": worker.role,
            "doctor_id": _key("doctor", worker.login) if is_doctor else None,
        }


def _key(kind: str, name: object) -> UUID:
    """Return a key that is the same in every demo region: bookmarks outlive `up --fresh`."""
    return Dice(f"demo {kind} {name}").key(FOUNDED)


def _mail(worker: Worker) -> str:
    return f"{latin(worker.given)[0]}.{worker.login}@p{worker.clinic or 'riyom'}.example"
