"""The organisation's signature beside what a doctor signed: made by a job, a row for each file."""

from __future__ import annotations

import logging

from django.db import transaction

from priyom.audit.actions import record
from priyom.conclusions import printing, queries, signer
from priyom.conclusions.actions.stamping import Stamper
from priyom.conclusions.models import Conclusion, Obstacle, Signature
from priyom.conclusions.rules import SignatureForm, SignatureRole
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.refusals import NO_OGRN
from priyom.conclusions.signing.ways import Way
from priyom.files import actions as files
from priyom.kernel import clock
from priyom.kernel.actor import SYSTEM
from priyom.kernel.refusal import Refusal

LOG = logging.getLogger("priyom.conclusions")
AT_ONCE = 50


def countersign(limit: int = AT_ONCE) -> int:
    """Add the organisation's signature to signed versions that lack it; return how many got it.

    Does nothing where none is set up. What cannot be had now is asked again a minute later.
    """
    way = signer.of_organisation()
    if way is None:
        return 0
    done = 0
    for row in queries.uncountersigned(limit):
        if not row.organisation.ogrn:
            _note(row, NO_OGRN)
            continue
        try:
            _countersign(way, row)
        except Refusal as refusal:
            LOG.warning("the organisation's signature is not to be had: %s", refusal.code)
            break
        except (Unfit, OSError) as error:
            LOG.error("conclusion %s gets no organisation's signature: %s", row.pk, error)
            _note(row, str(error.fault) if isinstance(error, Unfit) else "file")
            continue
        done += 1
    return done


def _note(row: Conclusion, code: str) -> None:
    """Keep why, for the head; what comes later replaces it."""
    Obstacle.objects.update_or_create(
        conclusion=row,
        defaults={
            "organisation_id": row.organisation_id, "code": code, "tried_at": clock.now(),
        },
    )  # fmt: skip


def _countersign(way: Way, row: Conclusion) -> None:
    """Sign XML and PDF outside a transaction, judge, then keep both together."""
    own = Stamper(way, row.organisation)
    number = printing.number_of(row.consultation.number, row.version)
    made = [
        (blob, own.over(files.read(blob), f"{row.pk}-{blob.pk[:12]}", number))
        for blob in (row.formed_xml, row.signed_pdf)
        if blob is not None
    ]
    said, now = signer.described(own.certificate), clock.now()
    with transaction.atomic():
        Obstacle.objects.filter(conclusion=row).delete()
        for blob, received in made:
            Signature.objects.get_or_create(
                conclusion=row,
                role=SignatureRole.ORGANISATION,
                document=blob,
                defaults={
                    "organisation_id": row.organisation_id,
                    "form": SignatureForm.CADES,
                    "way": way.name,
                    "owner": said.owner,
                    "serial": said.serial,
                    "certificate": own.certificate.dump(),
                    "certificate_until": said.until,
                    "cms": received,
                    "signed_at": now,
                },
            )
        subject = ("conclusion", row.pk)
        record(SYSTEM, "conclusion.countersign", subject, patient=row.consultation.patient_id)
