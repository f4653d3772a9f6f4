"""Acts on conclusions and on the templates that doctors keep for them."""

from priyom.conclusions.actions.countersigning import countersign
from priyom.conclusions.actions.inspecting import INSPECT, forget_inspections, inspect, take
from priyom.conclusions.actions.papers import Saved, amend, form, revise, save, sign, withdraw
from priyom.conclusions.actions.revocation import load_lists
from priyom.conclusions.actions.templates import drop_template, keep_template

__all__ = [
    "INSPECT",
    "Saved",
    "amend",
    "countersign",
    "drop_template",
    "forget_inspections",
    "form",
    "inspect",
    "keep_template",
    "load_lists",
    "revise",
    "save",
    "sign",
    "take",
    "withdraw",
]
