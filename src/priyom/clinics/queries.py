"""Reads of organisations, doctors and posts. None of it is secret; posts are for the door only."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from priyom.accounts.models import Account
from priyom.clinics.models import Doctor, Organisation, Post, Role, Speciality
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.words import short_name

_ORDER = {Role.DOCTOR: 0, Role.REGISTRAR: 1, Role.HEAD: 2}
"""Which post opens first for somebody with several."""


def organisations() -> list[Organisation]:
    """Return all organisations by short name."""
    return list(Organisation.objects.order_by("short_name"))


def organisation(key: UUID) -> Organisation | None:
    """Return one organisation, or None."""
    return Organisation.objects.filter(pk=key).first()


def specialities(
    organisation: UUID | None = None, *, for_children: bool | None = None
) -> list[Speciality]:
    """Return specialities by name: of working doctors of one organisation, for children or not."""
    found = Speciality.objects.order_by("name")
    if organisation is not None:
        found = found.filter(Q(doctors__organisation=organisation, doctors__works=True)).distinct()
    if for_children is not None:
        found = found.filter(is_for_children=for_children)
    return list(found)


def doctors(organisation: UUID, speciality: UUID | None = None) -> list[Doctor]:
    """Return the working doctors of an organisation by name, with speciality loaded."""
    found = Doctor.objects.filter(organisation=organisation, works=True)
    if speciality is not None:
        found = found.filter(speciality=speciality)
    return list(
        found.select_related("speciality", "organisation").order_by("family", "given", "patronymic")
    )


def doctor(key: UUID) -> Doctor | None:
    """Return one doctor with organisation and speciality, working or not; None if unknown."""
    return Doctor.objects.select_related("speciality", "organisation").filter(pk=key).first()


def visible_to(actor: Actor) -> QuerySet[Doctor]:
    """Return the doctors an actor may see: staff their organisation's, others all who work."""
    if actor.is_staff:
        return Doctor.objects.filter(organisation=actor.organisation)
    if actor.kind in {ActorKind.ADMIN, ActorKind.SYSTEM}:
        return Doctor.objects.all()
    return Doctor.objects.filter(works=True)


def colleagues_of(actor: Actor) -> list[Doctor]:
    """Return the other working doctors of the actor's organisation: who can take a case over."""
    if actor.organisation is None:
        return []
    return [one for one in doctors(actor.organisation) if one.pk != actor.doctor]


def heads_of(organisation: UUID) -> list[Account]:
    """Return the accounts of an organisation's heads who can be written to."""
    posts = Post.objects.filter(
        organisation=organisation, role=Role.HEAD, is_active=True, account__is_active=True
    ).exclude(account__email="")
    return [post.account for post in posts.select_related("account").order_by("pk")]


def posts_of(account: UUID) -> list[Post]:
    """Return the account's posts in force, in the order they are offered."""
    found = Post.objects.filter(account=account, is_active=True).select_related(
        "organisation", "doctor", "doctor__speciality"
    )
    return sorted(
        found, key=lambda post: (_ORDER[Role(post.role)], post.organisation.short_name, post.pk)
    )


def post_of(account: UUID, chosen: str = "") -> Post | None:
    """Return the chosen post while it is in force, else the first one; None without any."""
    posts = posts_of(account)
    return next((post for post in posts if str(post.pk) == chosen), posts[0] if posts else None)


def who_are(accounts: Iterable[UUID]) -> dict[UUID, str]:
    """Return who the staff are, as a patient reads it: «Климов Б. А., терапевт»."""
    found = Post.objects.filter(account__in=set(accounts)).select_related(
        "account", "doctor__speciality"
    )
    said = {}
    for post in sorted(found, key=lambda one: _ORDER[Role(one.role)], reverse=True):
        who = post.doctor or post.account
        what = post.doctor.speciality.doctor if post.doctor else Role(post.role).label.lower()
        said[post.account_id] = f"{short_name(who.family, who.given, who.patronymic)}, {what}"
    return said
