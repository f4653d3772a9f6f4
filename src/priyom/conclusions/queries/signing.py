"""Reads for the page that signs: which certificate was printed, and what is to be signed."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from priyom.conclusions.models import Conclusion, Obstacle, Signature
from priyom.conclusions.pages import DraftPage, Signing
from priyom.conclusions.rules import ConclusionState, SignatureRole
from priyom.conclusions.signing import hand, refusals
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.keys import SHA256, STREEBOG256
from priyom.conclusions.signing.ways import Plugin
from priyom.kernel.actor import Actor

_CONSTANTS = {
    STREEBOG256: "CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_256",
    "1.2.643.7.1.1.2.3": "CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_512",
    SHA256: "CADESCOM_HASH_ALGORITHM_SHA_256",
}


def signing_of(page: DraftPage) -> Signing | None:
    """Return how the formed version on the consultant's page is signed.

    None for one that was formed by an older program.
    """
    row = (
        Conclusion.objects.select_related("prepared_pdf", "formed_xml")
        .filter(consultation_id=page.consultation, state=ConclusionState.FORMED)
        .first()
    )
    if row is None or row.prepared_pdf is None:
        return None
    try:
        ready = hand.kept(row)
    except Unfit as unfit:
        raise refusals.not_taken(unfit.fault) from None
    inside = ready.inside()
    return Signing(
        is_on_page=row.way == Plugin.name,
        owner=row.signer,
        until=row.certificate_until,
        thumbprint=hashlib.sha1(bytes(row.certificate), usedforsecurity=False).hexdigest().upper(),
        algorithm=_CONSTANTS[inside.digest_algorithm],
        pdf=inside.digest.hex(),
        xml=ready.beside().digest.hex() if ready.xml else "",
    )


def uncountersigned(limit: int) -> list[Conclusion]:
    """Return signed versions without the organisation's signature, for its job.

    The oldest first; what was tried in vain comes after the others, so that it holds up nobody.
    """
    own = Signature.objects.filter(
        conclusion=OuterRef("pk"),
        role=SignatureRole.ORGANISATION,
        document=OuterRef("signed_pdf"),
    )
    rows = Conclusion.objects.select_related(
        "consultation", "organisation", "formed_xml", "signed_pdf"
    ).filter(~Exists(own), state__in=[ConclusionState.SIGNED, ConclusionState.AMENDED])
    last_tried = F("obstacle__tried_at").asc(nulls_first=True)
    return list(rows.order_by(last_tried, "signed_at")[:limit])


def obstacle_of(actor: Actor, consultation_id: UUID) -> str:
    """Return why the head's newest signed version has no signature of the organisation, or ""."""
    code = (
        Obstacle.objects.filter(
            conclusion__consultation=consultation_id, organisation=actor.workplace
        )
        .order_by("-conclusion__version")
        .values_list("code", flat=True)
        .first()
    )
    return refusals.of_organisation(code) if code else ""
