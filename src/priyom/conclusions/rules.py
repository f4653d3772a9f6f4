"""Life of a conclusion."""

from __future__ import annotations

from enum import StrEnum

from priyom.kernel.machine import Machine


class ConclusionState(StrEnum):
    """State of one version of a conclusion (process.md)."""

    DRAFT = "draft"
    FORMED = "formed"
    SIGNED = "signed"
    AMENDED = "amended"
    WITHDRAWN = "withdrawn"


class ConclusionAct(StrEnum):
    """What is done with a conclusion."""

    FORM = "form"
    REVISE = "revise"
    SIGN = "sign"
    AMEND = "amend"
    WITHDRAW = "withdraw"


_S = ConclusionState
_A = ConclusionAct

CONCLUSION = Machine(
    name="conclusion",
    title="Заключение",
    transitions={
        (_S.DRAFT, _A.FORM): _S.FORMED,
        (_S.FORMED, _A.REVISE): _S.DRAFT,
        (_S.FORMED, _A.SIGN): _S.SIGNED,
        (_S.SIGNED, _A.AMEND): _S.AMENDED,
        (_S.SIGNED, _A.WITHDRAW): _S.WITHDRAWN,
    },
    labels={
        _S.DRAFT: "черновик",
        _S.FORMED: "на подписи",
        _S.SIGNED: "подписано",
        _S.AMENDED: "заменено новой версией",
        _S.WITHDRAWN: "отозвано",
    },
    automatic=frozenset(),
)

MACHINES = (CONCLUSION,)

PATIENT_SEES = frozenset({_S.SIGNED, _S.AMENDED, _S.WITHDRAWN})
"""A patient never sees a draft or an unsigned document (asks.md, rule 7)."""
