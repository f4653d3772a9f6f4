"""The embedded PostgreSQL: roles, promises, speed of nothing, the way it ends."""

import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from priyom.cli.database import (
    APP,
    OWNER,
    ROLES,
    SUPERUSER,
    Cluster,
    check_promises,
    private_cluster,
)
from priyom.cli.failure import Stop
from priyom.cli.places import SOCKET_LIMIT, State, fits_socket, socket_folder


def short_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with private_cluster(short_folder(), durable=True) as one:
        yield one


def ask(cluster: Cluster, role: str, query: str) -> object:
    with psycopg.connect(cluster.dsn(role)) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_no_role_of_ours_is_more_than_it_needs(cluster: Cluster) -> None:
    query = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'priyom%' AND NOT (rolsuper OR"
    query += " rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
    assert ask(cluster, SUPERUSER, query) == len(ROLES)


def test_database_belongs_to_the_owner_and_only_to_it(cluster: Cluster) -> None:
    query = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'priyom'"
    assert ask(cluster, APP, query) == OWNER
    with (
        psycopg.connect(cluster.dsn(APP)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE stray (id int)")


def test_nothing_listens_on_the_network(cluster: Cluster) -> None:
    assert ask(cluster, APP, "SHOW listen_addresses") == ""
    mode = stat.S_IMODE(cluster.sockets.stat().st_mode)
    assert mode & 0o077 == 0


def test_text_is_russian_and_time_is_utc(cluster: Cluster) -> None:
    assert ask(cluster, APP, "SELECT lower('ЁЖИК')") == "ёжик"
    assert ask(cluster, APP, "SHOW timezone") == "UTC"
    assert ask(cluster, APP, "SELECT similarity('Иванова', 'Иванов') > 0.4") is True


def test_patients_words_stay_out_of_the_log(cluster: Cluster) -> None:
    assert ask(cluster, APP, "SHOW log_error_verbosity") == "terse"
    assert ask(cluster, APP, "SHOW log_min_error_statement") == "panic"


def test_durable_database_with_a_weak_role_is_accepted(cluster: Cluster) -> None:
    check_promises(cluster.dsn(APP))


@pytest.mark.parametrize("role", [OWNER, SUPERUSER])
def test_web_as_owner_or_superuser_is_refused(cluster: Cluster, role: str) -> None:
    with pytest.raises(Stop, match="plain role priyom_app"):
        check_promises(cluster.dsn(role))


@pytest.mark.parametrize("name", ["synchronous_commit", "fsync", "full_page_writes"])
def test_database_that_may_lose_is_refused(name: str) -> None:
    with private_cluster(short_folder(), durable=True) as one:
        one.stop()
        one.settings[name] = "off"
        one.start()
        with pytest.raises(Stop, match=f"runs with {name} off"):
            check_promises(one.dsn(APP))


def test_second_start_keeps_the_data_after_a_crash() -> None:
    with private_cluster(short_folder(), durable=True) as one:
        with psycopg.connect(one.dsn(OWNER)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        assert one.process is not None
        one.process.kill()
        one.process.wait()
        one.start()
        assert ask(one, OWNER, "SELECT number FROM kept") == 7


def test_broken_first_start_is_made_again() -> None:
    folder = short_folder()
    (folder / "pg").mkdir()
    (folder / "pg" / "PG_VERSION").write_text("half")
    with private_cluster(folder) as one:
        assert ask(one, APP, "SELECT 1") == 1
    assert not folder.exists()


def test_too_long_path_is_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * SOCKET_LIMIT)
    with pytest.raises(Stop, match="too long a path"), private_cluster(folder):
        pass


def test_strangers_socket_folder_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    state = State(tmp_path)
    folder = socket_folder(state.key)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    try:
        with pytest.raises(Stop, match="not a private folder of yours"):
            socket_folder(state.key)
    finally:
        folder.unlink()


def test_usual_sockets_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    folder = socket_folder(State(tmp_path).key)
    assert fits_socket(folder)
    folder.rmdir()
