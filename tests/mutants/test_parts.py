"""Which mutants run: together the parts are all of them, and each is small."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mutants import parts
from tests.mutants.__main__ import main
from tests.mutants.table import read_tables


def test_the_parts_are_all_and_each_is_small() -> None:
    mutants = read_tables()
    every = [parts.part(mutants, number) for number in range(parts.how_many(mutants))]
    assert sorted(one.name for part in every for one in part) == [one.name for one in mutants]
    assert max(map(len, every)) <= parts.IN_A_PART
    assert max(map(len, every)) - min(map(len, every)) <= 1


def test_a_number_that_is_too_large_begins_anew() -> None:
    mutants = read_tables()
    again = parts.part(mutants, 3 + 7 * parts.how_many(mutants))
    assert again == parts.part(mutants, 3)


def test_those_of_one_set_of_files_are_together() -> None:
    mutants = read_tables()
    found = parts.groups(mutants)
    assert sum(map(len, found)) == len(mutants)
    assert len({parts.files_of(group[0]) for group in found}) == len(found)
    assert all(len({parts.files_of(one) for one in group}) == 1 for group in found)


def test_names_are_chosen_by_pattern() -> None:
    mutants = read_tables()
    assert {one.name.partition("/")[0] for one in parts.chosen(mutants, ["saml/*"])} == {"saml"}
    assert parts.chosen(mutants, ["nothing/of-the-kind"]) == ()


def test_a_commit_has_its_number_and_without_one_the_day_has(tmp_path: Path) -> None:
    day = parts.number_of_now(tmp_path)
    assert abs(day - datetime.now(UTC).toordinal()) <= 1
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-qm", "One", "--allow-empty"], cwd=tmp_path, check=True)
    asked = [*git, "rev-parse", "HEAD"]
    head = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert parts.number_of_now(tmp_path) == int(head, 16)


def test_a_name_that_fits_nothing_is_said_before_anything_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.mutants.__main__.faults", lambda _table: ())  # of another test
    known = read_tables()[0].name
    for also in ((), (known,)):
        with pytest.raises(SystemExit) as ended:
            main(["--list", "--only", *also, "nothing/of-the-kind"])
        assert ended.value.code == 2
        said = capsys.readouterr()
        assert "nothing/of-the-kind" in said.err and known not in said.out + said.err
    assert main(["--list", "--only", known]) == 0
    assert capsys.readouterr().out.split() == [known]
