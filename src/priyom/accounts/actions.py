"""Writes of accounts: who may come in, sessions, tickets, sign-ins under way."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from priyom.accounts import rules
from priyom.accounts.models import Account, Pace, Session, SignIn, Stream, Ticket
from priyom.accounts.ticket import SESSION_ENDED, hash_of
from priyom.audit.actions import record
from priyom.files.models import Link, Permit
from priyom.kernel import clock
from priyom.kernel.actor import Actor, ActorKind
from priyom.kernel.names import absent_or


def begin_sign_in(browser: str, next_path: str) -> rules.UnderWay:
    """Remember a new sign-in of the browser that holds the secret `browser`, for 10 minutes."""
    sign_in = rules.UnderWay(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        next_path=next_path[:500],
    )
    SignIn.objects.create(
        state=sign_in.state,
        nonce=sign_in.nonce,
        verifier=sign_in.verifier,
        next_path=sign_in.next_path,
        browser=hash_of(browser),
        expires_at=clock.now() + rules.SIGN_IN_LIVES,
    )
    return sign_in


def claim_sign_in(state: str, browser: str) -> rules.UnderWay:
    """Use up the browser's sign-in `state`. Refuses another browser's, a used and an old one."""
    with transaction.atomic():
        kept = (
            SignIn.objects.select_for_update().filter(state=state, browser=hash_of(browser)).first()
        )
        if kept is None:
            raise rules.foreign()
        kept.delete()
    if kept.expires_at <= clock.now():
        raise rules.expired()
    return rules.UnderWay(kept.state, kept.nonce, kept.verifier, kept.next_path)


def admit(actor: Actor, identity: rules.Identity) -> Account:
    """Return the account of this ЕСИА oid, made or brought up to date; never linked by e-mail.

    Refuses an упрощённая identity and an account that was switched off.
    """
    rules.require_level(identity.level)
    said = {
        "family": identity.family[:100],
        "given": identity.given[:100],
        "patronymic": absent_or(identity.patronymic)[:100],
        "birth_on": identity.birth_on,
        "snils": identity.snils,
        "email": identity.email,
        "is_trusted": identity.is_trusted,
    }
    with transaction.atomic():
        account, is_new = Account.objects.select_for_update().get_or_create(
            esia_oid=identity.oid, defaults=said | {"password": _unusable()}
        )
        changed = sorted(name for name, value in said.items() if getattr(account, name) != value)
        if changed:
            for name in changed:
                setattr(account, name, said[name])
            account.save(update_fields=changed)
        if account.is_active:
            act = "accounts.join" if is_new else "accounts.sign_in"
            who = replace(actor, kind=ActorKind.PATIENT, account=account.pk)
            record(who, act, ("account", account.pk), detail={"changed": changed})
    if not account.is_active:
        raise rules.switched_off()
    return account


def _unusable() -> str:
    account = Account()
    account.set_unusable_password()
    return account.password


def note_entered(actor: Actor, account: Account) -> None:
    """Write into the audit that a member of staff came in by password."""
    record(replace(actor, account=account.pk), "accounts.sign_in", ("account", account.pk))


def note_refused(actor: Actor, why: str) -> None:
    """Write into the audit that somebody was not let in; `why` is a code."""
    record(actor, "accounts.sign_in", ("sign_in", why), result="refused")


def sign_out(actor: Actor) -> None:
    """Write into the audit that the person left; the session store then ends the session."""
    record(actor, "accounts.sign_out", ("account", actor.account))


def hire(actor: Actor, account: Account, password: str) -> Account:
    """Keep a new account of staff or an administrator, with its password (not checked here).

    Refuses a login that somebody has.
    """
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
            record(actor, "accounts.hire", ("account", account.pk))
    except IntegrityError as error:
        raise rules.login_taken() from error
    return account


def amend(actor: Actor, account: Account, changed: list[str], password: str = "") -> None:
    """Keep the changed fields; a new password or a closed account ends all its sessions."""
    if password:
        account.set_password(password)
        changed = [*changed, "password"]
    try:
        with transaction.atomic():
            account.save()
            record(actor, "accounts.amend", ("account", account.pk), detail={"changed": changed})
            if password or not account.is_active:
                end_sessions_of(account.pk)
    except IntegrityError as error:
        raise rules.login_taken() from error


def issue_ticket(actor: Actor) -> str:
    """Return a new one-time ticket of 30 s for the gateway, bound to the actor's session."""
    if actor.session is None or actor.kind is ActorKind.ANONYMOUS:
        raise rules.signed_out()
    ticket = secrets.token_urlsafe(32)
    Ticket.objects.create(
        hash=hash_of(ticket),
        account_id=actor.account,
        session=actor.session,
        kind=actor.kind,
        expires_at=clock.now() + rules.TICKET_LIVES,
    )
    return ticket


def keep_session(row: Session, *, is_new: bool) -> bool:
    """Keep a session's row; False when the key is taken (new) or the session has ended (old)."""
    if not is_new:
        living = Session.objects.filter(session_key=row.session_key, expire_date__gt=clock.now())
        return bool(
            living.update(
                session_data=row.session_data,
                expire_date=row.expire_date,
                handle=row.handle,
                account=row.account,
            )
        )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def touch_session(session_key: str, ends_at: datetime) -> None:
    """Move a session's end (UTC); one that has ended stays ended."""
    Session.objects.filter(session_key=session_key, expire_date__gt=clock.now()).update(
        expire_date=ends_at
    )


def end_session(session_key: str) -> None:
    """End one session: its links, tickets and streams die with it, the gateway is told."""
    with transaction.atomic():
        _end(list(Session.objects.select_for_update().filter(session_key=session_key)))


def end_sessions_of(account: UUID) -> None:
    """End every session of the account: closed, new password, other role, «выйти везде»."""
    with transaction.atomic():
        _end(list(Session.objects.select_for_update().filter(account=account)))


def _end(ended: list[Session]) -> None:
    handles = [one.handle for one in ended]
    if not handles:
        return
    Link.objects.filter(session__in=handles).delete()
    Permit.objects.filter(session__in=handles).delete()
    Ticket.objects.filter(session__in=handles).delete()
    Stream.objects.filter(session__in=handles).delete()
    Session.objects.filter(handle__in=handles).delete()
    with connection.cursor() as cursor:
        for one in ended:
            if one.account is not None:
                cursor.execute("SELECT pg_notify(%s, %s)", [SESSION_ENDED, str(one.handle)])


_KNOCK = """
INSERT INTO accounts_pace AS one (key, since, count) VALUES (%(key)s, %(now)s, 1)
ON CONFLICT (key) DO UPDATE SET
    since = CASE WHEN one.since <= %(begins)s THEN %(now)s ELSE one.since END,
    count = CASE WHEN one.since <= %(begins)s THEN 1 ELSE one.count + 1 END
RETURNING count
"""


def knock(door: str, address: str, most: int) -> None:
    """Count one more knock of an address at a door that is open to anybody.

    Raises Refusal (too_many) past `most` within rules.PACE; without an address all share one count.
    """
    now = clock.now()
    values: dict[str, str | datetime] = {
        "key": hash_of(f"{door} {address}"), "now": now, "begins": now - rules.PACE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_KNOCK, values)
        row = cursor.fetchone()
    if row is not None and row[0] > most:
        raise rules.too_often()


def sweep() -> None:
    """Delete ended sessions, unused tickets, old streams and sign-ins that nobody finished."""
    now = clock.now()
    Pace.objects.filter(since__lt=now - rules.PACE).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    Ticket.objects.filter(expires_at__lt=now).delete()
    Stream.objects.filter(opened_at__lt=now - rules.STREAM_LIVES).delete()
    SignIn.objects.filter(expires_at__lt=now).delete()
