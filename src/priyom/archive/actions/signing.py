"""The organisation's signature under the manifests of closed talks: a row for each, by a job."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from priyom.archive import queries
from priyom.archive.models import SealSignature
from priyom.audit.actions import record
from priyom.conclusions import signer
from priyom.conclusions.actions.stamping import Stamper
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.ways import Way
from priyom.consultations.models import Seal
from priyom.files import actions as files
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal

AT_ONCE = 50
LATELY, REMEMBERED = timedelta(hours=2), timedelta(days=30)
"""How far back seals without a signature are looked for: each minute, each hour."""
logger = logging.getLogger("priyom.archive")


def sign_manifests(since: timedelta = LATELY, limit: int = AT_ONCE) -> int:
    """Sign the newest manifest of each talk that was sealed since then; return how many.

    Does nothing where the organisation has no key here. What cannot be had now is asked again.
    """
    way = signer.of_organisation()
    if way is None:
        return 0
    done = 0
    for seal in queries.unsigned_seals(clock.now() - since, limit):
        try:
            _sign(way, seal)
        except Refusal as refusal:
            logger.warning("the organisation's signature is not to be had: %s", refusal.code)
            break
        except (Unfit, OSError) as error:
            logger.error("the seal %s gets no organisation's signature: %s", seal.pk, error)
            continue
        done += 1
    return done


def sign_now(seal: Seal) -> None:
    """Sign one manifest for an archive that is being packed, if that can be had at once."""
    way = signer.of_organisation()
    if way is None or not seal.organisation.ogrn or queries.signature_of(seal.pk):
        return
    try:
        _sign(way, seal)
    except (Refusal, Unfit, OSError) as error:
        logger.warning("the seal %s is packed without a signature: %s", seal.pk, error)


def _sign(way: Way, seal: Seal) -> None:
    """Sign outside a transaction, judge, then keep."""
    own = Stamper(way, seal.organisation)
    talk = seal.consultation
    cms = own.over(files.read(seal.kept_manifest), f"{seal.pk}-manifest", talk.number)
    said = signer.described(own.certificate)
    with transaction.atomic():
        SealSignature.objects.get_or_create(
            seal=seal,
            defaults={
                "organisation_id": seal.organisation_id,
                "way": way.name,
                "owner": said.owner,
                "serial": said.serial,
                "certificate_until": said.until,
                "cms": cms,
                "signed_at": clock.now(),
            },
        )
        subject = ("consultation", talk.pk)
        detail = {"part": seal.part}
        record(SYSTEM, "archive.sign", subject, patient=talk.patient_id, detail=detail)
