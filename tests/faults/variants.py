"""The log as it must not be: SQL of the negative controls, put into a test's own database only.

Each keeps the product's function under another name and stands a worse one in its place, so that
whatever the product's version is called, its callers meet the worse one.
"""

from __future__ import annotations

import re

from priyom.cli.database import APP, GATEWAY
from priyom.consultations import log
from tests.faults.house import House

_found = re.search(r"\b(priyom_append_v\d+)\(", log.APPEND)
assert _found, "log.APPEND calls the append function by its name"
APPEND = _found[1]

NOT_DURABLE = """
PERFORM set_config('synchronous_commit', 'off', true);
RETURN QUERY SELECT * FROM {kept}(batch, origin);
"""
"""The answer comes before the commit is on the disk."""

WITHOUT_KEYS = """
RETURN QUERY SELECT * FROM {kept}((
    SELECT jsonb_agg(b.j || jsonb_build_object('k', gen_random_uuid()) ORDER BY b.n)
    FROM jsonb_array_elements(batch) WITH ORDINALITY AS b(j, n)
), origin);
"""
"""The key that a page gave is not looked at: what is sent again is stored again."""

LOCK = "FOR NO KEY UPDATE SKIP LOCKED"
"""Without it the state is read, then the message written: somebody closes in between."""
NO_GATE = "DROP TRIGGER consultations_chat_gate ON consultations_entry"
"""Or the database itself would refuse what comes late."""

SEQUENCE = (
    "CREATE SEQUENCE control_numbers START 2",
    """
CREATE FUNCTION control_append(chat uuid, author uuid, key text, body text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE n integer := nextval('control_numbers');
BEGIN
    PERFORM pg_sleep(random() * 0.02);
    INSERT INTO consultations_entry (consultation_id, seq, organisation_id, kind, author, side,
        author_name, client_key, frame, body, data, at)
    SELECT c.id, n, c.organisation_id, 'message', author, 'patient', '', key, 1, body, '{}', now()
    FROM consultations_consultation c WHERE c.id = chat;
    RETURN n;
END $$
""",
    f"GRANT USAGE ON SEQUENCE control_numbers TO {APP}",
)
"""The number is taken from a sequence: who takes it first may commit last, behind the readers."""


def replace(house: House, body: str) -> None:
    """Let callers of `append` meet `body`; in it `{kept}` names the product's own function."""
    head = _definition(house).partition("AS $function$")[0]
    house.ask(f"ALTER FUNCTION {APPEND}(jsonb, text) RENAME TO append_kept")
    words = body.format(kept="append_kept")
    house.ask(f"{head} AS $variant$ BEGIN {words} END $variant$")
    house.ask(f"GRANT EXECUTE ON FUNCTION {APPEND} TO {GATEWAY}, {APP}")


def rewrite(house: House, old: str, new: str) -> None:
    """Change words inside the product's own function."""
    definition = _definition(house)
    assert definition.count(old) == 1, f"{APPEND} has no {old!r} to take out any more"
    house.ask(definition.replace(old, new))


def _definition(house: House) -> str:
    return str(house.ask(f"SELECT pg_get_functiondef('{APPEND}'::regproc)")[0][0])
