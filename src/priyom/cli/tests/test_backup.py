"""Backup and restore: database and files to one point, and nothing half-done."""

import tarfile
from pathlib import Path

import psycopg
import pytest

from priyom.cli import archive
from priyom.cli.database import OWNER, embedded
from priyom.cli.failure import Stop
from priyom.cli.tests.conftest import House


def write_row(house: House, text: str) -> None:
    cluster = embedded(house.state)
    cluster.start()
    with psycopg.connect(cluster.dsn(OWNER)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS witness (said text)")
        connection.execute("INSERT INTO witness VALUES (%s)", [text])
    cluster.stop()


def rows(house: House) -> list[str]:
    cluster = embedded(house.state)
    cluster.start()
    with psycopg.connect(cluster.dsn(OWNER)) as connection:
        found = [str(row[0]) for row in connection.execute("SELECT said FROM witness")]
        migrated = connection.execute("SELECT count(*) FROM django_migrations").fetchone()
    cluster.stop()
    assert migrated is not None
    assert migrated[0] > 20
    return found


@pytest.fixture
def filled(house: House) -> House:
    done = house.run("migrate")
    assert done.returncode == 0, done.stdout
    write_row(house, "Ёлкина")
    folder = house.state.files / "ab"
    folder.mkdir()
    (folder / "abcdef").write_bytes(b"photo" * 1000)
    return house


def test_round_trip_brings_back_that_very_point(filled: House, tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    done = filled.run("backup", str(file))
    assert done.returncode == 0, done.stdout
    assert file.stat().st_mode & 0o077 == 0
    secret = (filled.state.var / "secret").read_text()

    write_row(filled, "later")
    (filled.state.files / "ab" / "abcdef").unlink()
    (filled.state.files / "stray").write_text("later")
    (filled.state.var / "secret").write_text("another")

    refused = filled.run("restore", str(file))
    assert refused.returncode == 1
    assert "--yes" in refused.stdout
    assert rows(filled) == ["Ёлкина", "later"]

    done = filled.run("restore", str(file), "--yes")
    assert done.returncode == 0, done.stdout
    assert rows(filled) == ["Ёлкина"]
    assert (filled.state.files / "ab" / "abcdef").read_bytes() == b"photo" * 1000
    assert not (filled.state.files / "stray").exists()
    assert (filled.state.var / "secret").read_text() == secret
    assert filled.run("migrate").stdout.strip() == "Nothing to do."


def test_files_in_a_bucket_are_not_in_it_and_both_say_so(
    filled: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.tar"
    here = dict(filled.env) | {"PRIYOM_S3_BUCKET": "clinic-files"}
    monkeypatch.setattr(House, "env", here)
    done = filled.run("backup", str(file))
    assert done.returncode == 0, done.stdout
    assert "NOT in it" in done.stdout
    assert "clinic-files" in done.stdout
    done = filled.run("restore", str(file), "--yes")
    assert done.returncode == 0, done.stdout
    assert "clinic-files" in done.stdout


def test_backup_never_replaces_a_file(house: House, tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    file.write_text("older")
    assert "is there already" in house.run("backup", str(file)).stdout
    assert file.read_text() == "older"


def test_restore_of_nothing_is_one_sentence(bare: House, tmp_path: Path) -> None:
    said = bare.run("restore", str(tmp_path / "none.tar")).stdout
    assert "There is no file" in said
    assert "Traceback" not in said


def small_archive(folder: Path) -> Path:
    part = folder / "part"
    part.write_bytes(b"row " * 500)
    target = folder / "small.tar"
    archive.write(target, iter([("database.dump", part)]), {"made_at": "now"})
    return target


def test_whole_archive_is_accepted(tmp_path: Path) -> None:
    assert archive.verify(small_archive(tmp_path)) == {"format": 1, "made_at": "now"}


def test_one_changed_byte_is_refused(tmp_path: Path) -> None:
    file = small_archive(tmp_path)
    content = bytearray(file.read_bytes())
    content[content.index(b"row ") + 100] ^= 1
    file.write_bytes(content)
    with pytest.raises(Stop, match="sums differ"):
        archive.verify(file)


@pytest.mark.parametrize("size", [100, 700, 1024, 2500])
def test_cut_archive_is_refused(tmp_path: Path, size: int) -> None:
    file = small_archive(tmp_path)
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(Stop):
        archive.verify(file)


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "files/../../outside"])  # noqa: S108
def test_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "evil.tar"
    with tarfile.open(file, "w") as one:
        one.addfile(tarfile.TarInfo(name))
    with pytest.raises(Stop, match="no backup"):
        archive.unpack(file, tmp_path / "target")
    assert not (tmp_path / "outside").exists()


def test_link_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evil.tar"
    link = tarfile.TarInfo("files/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(file, "w") as one:
        one.addfile(link)
    with pytest.raises(Stop, match="no backup"):
        archive.unpack(file, tmp_path / "target")
