"""The one read of the room."""

from __future__ import annotations

from priyom.clinics.models import Organisation
from priyom.demo.clinics import Clinics


def is_loaded() -> bool:
    """Tell whether the demo region is in the database."""
    return Organisation.objects.filter(id__in=Clinics().organisations.values()).exists()
