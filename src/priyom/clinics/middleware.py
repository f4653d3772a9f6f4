"""The door: makes the Actor of every request from its portal, session and post."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from priyom.accounts.middleware import portal_of
from priyom.accounts.models import Account
from priyom.accounts.request import address_of
from priyom.clinics import queries
from priyom.clinics.doors import Visit
from priyom.clinics.models import Post
from priyom.kernel.actor import NOBODY, Actor, ActorKind
from priyom.kernel.ids import uuid7
from priyom.kernel.words import full_name, short_name

POST = "post"
"""Session key: the post that a person with several has chosen."""


class ActorMiddleware:
    """Sets `request.actor`, and `request.post` on /desk (None for everybody else)."""

    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        """Name the request, find who acts; the answer carries the name back for the logs."""
        name = str(uuid7())
        request.post = None
        request.actor = _who(request, name, address_of(request))
        response = self.get_response(request)
        response.headers["X-Request-ID"] = name
        return response


def _who(request: Visit, name: str, address: str) -> Actor:
    portal = portal_of(request.path)
    account = request.user if portal else None
    if not isinstance(account, Account):
        return Actor(NOBODY.kind, NOBODY.account, request_id=name, address=address)
    kind, post = ActorKind.ANONYMOUS, None
    if portal == "/my":
        kind = ActorKind.PATIENT
    elif portal == "/admin":
        kind = ActorKind.ADMIN if account.is_staff else ActorKind.ANONYMOUS
    else:
        post = request.post = queries.post_of(account.pk, request.session.get(POST, ""))
        kind = ActorKind(post.role) if post else ActorKind.ANONYMOUS
    if kind is ActorKind.ANONYMOUS:
        return Actor(NOBODY.kind, NOBODY.account, request_id=name, address=address)
    return Actor(
        kind=kind,
        account=account.pk,
        name=_name(account, post),
        organisation=post.organisation_id if post else None,
        doctor=post.doctor_id if post else None,
        session=request.session.handle,
        request_id=name,
        address=address,
    )


def _name(account: Account, post: Post | None) -> str:
    who = post.doctor if post and post.doctor else account
    say = short_name if post else full_name
    return say(who.family, who.given, who.patronymic)
