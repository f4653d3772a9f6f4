"""A talk with its signed conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from priyom.conclusions.models import Conclusion
from priyom.conclusions.tests.talks import Talk, begun
from priyom.testing.cast import Cast
from priyom.testing.clock import Clock
from priyom.testing.doors import visit

ADVICE = "Питьё, покой.\nПовторная консультация через 3 дня."


@dataclass
class After:
    """Анна's signed conclusion, and her browser."""

    talk: Talk
    row: Conclusion
    anna: Client

    @property
    def root(self) -> str:
        """The patient's page of it."""
        return f"/my/consultations/{self.talk.id}/conclusion/"


@pytest.fixture
def after(cast: Cast, clock: Clock, settings: Any) -> After:
    """A signed conclusion with two advices; rolled back."""
    settings.DEMO = True
    talk = begun(cast, clock)
    return After(talk, talk.signed(recommendations=ADVICE), visit(cast.anna))
