"""Reads of conclusions: the doctor's draft, the signed papers, and what a stranger may check."""

from priyom.conclusions.queries.drafts import (
    consulted,
    diagnoses,
    draft_for,
    facts_of,
    formed_pdf,
    latest,
    materials,
    preview,
    templates,
)
from priyom.conclusions.queries.exchange import bundle, signature, xml
from priyom.conclusions.queries.inspecting import InspectionPage, inspection
from priyom.conclusions.queries.papers import (
    by_link,
    earlier_pdf,
    genuine,
    of_consultation,
    of_earlier,
    papers_of,
    pdf,
    pdf_by_link,
    signed_for_home,
)
from priyom.conclusions.queries.signing import obstacle_of, signing_of, uncountersigned

__all__ = [
    "InspectionPage",
    "bundle",
    "by_link",
    "consulted",
    "diagnoses",
    "draft_for",
    "earlier_pdf",
    "facts_of",
    "formed_pdf",
    "genuine",
    "inspection",
    "latest",
    "materials",
    "obstacle_of",
    "of_consultation",
    "of_earlier",
    "papers_of",
    "pdf",
    "pdf_by_link",
    "preview",
    "signature",
    "signed_for_home",
    "signing_of",
    "templates",
    "uncountersigned",
    "xml",
]
