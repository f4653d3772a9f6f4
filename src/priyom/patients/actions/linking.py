"""Which account a card belongs to."""

from __future__ import annotations

from django.db import transaction

from priyom.accounts.models import Account
from priyom.audit import actions as audit
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.refusal import missing
from priyom.patients import rules
from priyom.patients.models import Owner, Patient


def link(actor: Actor) -> Patient:
    """Tie a portal account to its own card on the first visit; later visits check it again.

    The card must have the account's СНИЛС, birth date, family and given name; a card is never made
    here (domain.md 3.5). Raises Refusal: missing (not a patient's account), forbidden with the way
    to the registry. A refusal is audited in a transaction of its own, so it stays.
    """
    # The door let in стандартная and подтверждённая accounts only (accounts.rules.require_level).
    proven = Account.objects.filter(esia_oid__isnull=False, is_active=True)
    account = proven.filter(id=actor.account).first()
    if actor.kind is not ActorKind.PATIENT or account is None:
        raise missing()
    with transaction.atomic():
        owners = Owner.objects.select_related("patient__merged_into")
        owner = owners.filter(account=account).first()
        card = _staying(owner.patient) if owner else _card_of(account)
        if card and _agrees(account, card):
            if owner is None:
                owner, is_new = Owner.objects.get_or_create(
                    patient=card, defaults={"account": account}
                )
                if is_new:
                    audit.record(actor, "patients.link", ("patient", card.id), patient=card.id)
            if owner.account_id == account.id:
                return card
    _refuse_link(actor, account, card)
    raise rules.link_refused()


def _card_of(account: Account) -> Patient | None:
    if not (account.snils and account.birth_on):
        return None
    cards = Patient.objects.select_related("merged_into")
    card = cards.filter(snils=account.snils, birth_on=account.birth_on).first()
    return _staying(card) if card else None


def _staying(card: Patient) -> Patient:
    """Return the card that stays of two merged ones."""
    return card.merged_into or card


def _agrees(account: Account, card: Patient) -> bool:
    return (
        account.snils == card.snils
        and account.birth_on == card.birth_on
        and rules.is_same_person((account.family, account.given), (card.family, card.given))
    )


def _refuse_link(actor: Actor, account: Account, card: Patient | None) -> None:
    why = "differs" if card else "no_card"
    audit.record(
        actor, "patients.link", ("account", account.id), patient=card.id if card else None,
        result="refused", detail={"why": why},
    )  # fmt: skip
