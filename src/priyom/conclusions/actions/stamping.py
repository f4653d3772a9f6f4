"""The organisation's signature beside any bytes: asked of its way, judged, ready to be kept."""

from __future__ import annotations

from asn1crypto import x509

from priyom.clinics.models import Organisation
from priyom.conclusions import signer
from priyom.conclusions.actions.revocation import fault_of
from priyom.conclusions.signing import checking
from priyom.conclusions.signing.checking import Expected
from priyom.conclusions.signing.cms import digest_wanted
from priyom.conclusions.signing.faults import Unfit
from priyom.conclusions.signing.keys import digest_of
from priyom.conclusions.signing.ways import Signatory, Task, Way
from priyom.kernel import clock


class Stamper:
    """An organisation with its way and the certificate that signs today.

    Raises Refusal where the way has no certificate, or does not answer.
    """

    def __init__(self, way: Way, place: Organisation) -> None:
        self.way = way
        self.who = Signatory(place.pk, place.name, place.short_name, "", place.ogrn)
        found = way.certificate_of(self.who)
        if found is None:
            raise signer.no_signer()
        self.certificate: x509.Certificate = found

    def over(self, body: bytes, task: str, number: str) -> bytes:
        """Return the detached CMS over `body`; `task` is the same at each try of the same bytes.

        Raises Refusal of the way, Unfit for a signature that proves nothing.
        """
        algorithm = digest_wanted(self.certificate)
        digest = digest_of(algorithm, body)
        wanted = Task(task, number, digest, algorithm, is_detached=True)
        now = clock.now()
        expected = Expected(
            digest, self.certificate.dump(), "", now, now, ogrn=self.who.ogrn, is_detached=True
        )
        came = self.way.sign(wanted, self.who, self.certificate)
        received = checking.receive(came, expected, signer.roots())
        if fault := fault_of(received.links):
            raise Unfit(fault)
        return received.cms
