"""Whoever is signed in by `visit` is that person to the views."""

from __future__ import annotations

from priyom.testing.cast import Cast
from priyom.testing.doors import visit


def test_people_stand_behind_their_doors(cast: Cast) -> None:
    page = visit(cast.anna).get("/my/")
    assert page.wsgi_request.actor.account == cast.anna.account.pk  # type: ignore[attr-defined] # ActorMiddleware's
    desk = visit(cast.boris).get("/desk/", follow=True)
    assert desk.wsgi_request.actor.doctor == cast.boris.doctor.pk  # type: ignore[attr-defined] # ActorMiddleware's
