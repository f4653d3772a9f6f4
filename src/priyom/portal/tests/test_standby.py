"""Without a network: the portal's worker keeps no patient's page, and what waits goes out once."""

from __future__ import annotations

from priyom.testing.cast import Cast
from priyom.testing.doors import visit


def test_the_offline_page_is_the_same_for_everybody(cast: Cast) -> None:
    nobody = visit(cast.anna)
    nobody.cookies.clear()
    for portal, person in (("my", cast.anna), ("desk", cast.boris)):
        plain = nobody.get(f"/{portal}/offline/").content
        assert plain == visit(person).get(f"/{portal}/offline/").content
        script = nobody.get(f"/{portal}/worker.js")
        assert script.headers["Content-Type"].startswith("text/javascript")
        assert script.headers["Cache-Control"] == "no-store"
