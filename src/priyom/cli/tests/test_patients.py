"""`./priyom patients`: a made city into a file, the file into the index, twice."""

from pathlib import Path

from priyom.cli.tests.conftest import House


def test_generate_then_import_then_again(house: House, tmp_path: Path) -> None:
    file = tmp_path / "city.csv"
    made = house.run("patients", "generate", "300", str(file))
    assert made.returncode == 0, made.stdout
    assert len(file.read_text(encoding="utf-8").splitlines()) == 301
    assert house.run("patients", "generate", "1", str(file)).returncode == 1

    rehearsed = house.run("patients", "import", str(file), "--dry-run")
    assert "would be: 300 made" in rehearsed.stdout, rehearsed.stdout
    for _ in range(2):
        done = house.run("patients", "import", str(file), "--batch", "100")
        assert done.returncode == 0, done.stdout
        assert "done: 300 made" in done.stdout

    with file.open("a", encoding="utf-8") as out:
        out.write("301,Петров\n")
    refused = house.run("patients", "import", str(file))
    assert refused.returncode == 2, refused.stdout
    assert "300 there already, 1 refused" in refused.stdout
    assert "line 302: 2 fields instead of 12" in refused.stdout
    assert house.run("patients", "import", "nowhere.csv").returncode == 1
