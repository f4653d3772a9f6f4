"""What is said when a post or a clinic's record cannot be kept."""

from __future__ import annotations

from priyom.kernel.refusal import Refusal, RefusalKind


def twice() -> Refusal:
    """The same post, doctor or code is there already."""
    return Refusal(
        "clinics.twice",
        RefusalKind.CONFLICT,
        "Такая запись уже есть. Откройте её в списке и исправьте там.",
    )
