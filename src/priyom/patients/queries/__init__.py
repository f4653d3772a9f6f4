"""Reads of the index: the search, a card, and for whom a portal account may act."""

from priyom.patients.queries.bonds import Human, Standings, for_bond, representative
from priyom.patients.queries.cards import Card, Standing, attachable, by_oid, card, with_number
from priyom.patients.queries.doubles import (
    cards_of,
    comparison,
    doubles,
    owners_of,
    pair,
    staying,
)
from priyom.patients.queries.finding import Found, Outcome, Row, Typed, compare, find, similar
from priyom.patients.queries.history import LABELS, editable, fields, newest_change
from priyom.patients.queries.outside import Beside, asks_outside, beside, by_alias, stranger
from priyom.patients.queries.people import (
    Person,
    accounts_of_ended,
    may_act_for,
    own_card,
    people_of,
)

__all__ = [
    "LABELS",
    "Beside",
    "Card",
    "Found",
    "Human",
    "Outcome",
    "Person",
    "Row",
    "Standing",
    "Standings",
    "Typed",
    "accounts_of_ended",
    "asks_outside",
    "attachable",
    "beside",
    "by_alias",
    "by_oid",
    "card",
    "cards_of",
    "compare",
    "comparison",
    "doubles",
    "editable",
    "fields",
    "find",
    "for_bond",
    "may_act_for",
    "newest_change",
    "own_card",
    "owners_of",
    "pair",
    "people_of",
    "representative",
    "similar",
    "staying",
    "stranger",
    "with_number",
]
