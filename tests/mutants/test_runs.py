"""A run tells a test that bites from one that does not, and leaves the tree as it was."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants import __main__ as command
from tests.mutants.private_copy import private_copy
from tests.mutants.runs import MutantRuns, Outcome, Verdict
from tests.mutants.table import Mutant
from tests.mutants.test_table import MUTANT, RULE

TESTS = """\
import os, pathlib, pytest, rule

def test_a_low_level_may_not():
    assert not rule.may(2)

def test_a_high_level_may():
    assert rule.may(3)

def test_that_always_fails():
    assert not rule.may(3)

@pytest.fixture
def a_low_level():
    assert not rule.may(2)

def test_that_cannot_begin(a_low_level): ...

@pytest.mark.skipif(os.environ.get("CI") != "true", reason="here CI is set")
def test_where_it_is():
    here = pathlib.Path(rule.__file__).parent
    assert here == pathlib.Path.cwd() and here.name.startswith("sluis-mutants-")
    assert rule.may(3)
"""


def of(name: str, *tests: str, **changes: str) -> Mutant:
    return replace(
        MUTANT, name=name, tests=tuple(f"test_rule.py::test_{test}" for test in tests), **changes
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "rule.py").write_text(RULE)
    (tmp_path / "test_rule.py").write_text(TESTS)
    return tmp_path


def ran(tree: Path, *mutants: Mutant) -> dict[str, Verdict]:
    told: list[Verdict] = []
    found = MutantRuns(tree, workers=1, told=told.append).run(mutants)
    assert found == told
    return {verdict.mutant.name: verdict for verdict in found}


def test_what_a_test_sees_is_killed_and_what_none_sees_survives(tree: Path) -> None:
    found = ran(
        tree,
        of("seen", "a_high_level_may", "a_low_level_may_not"),
        of("unseen", "a_high_level_may"),
        of("elsewhere", "where_it_is", becomes="if level == 3:"),
        of("stale", "a_high_level_may", text="if level < 4:"),
        of("crash", "that_cannot_begin"),
    )
    assert {name: verdict.outcome for name, verdict in found.items()} == {
        "seen": Outcome.KILLED,
        "unseen": Outcome.SURVIVED,
        "elsewhere": Outcome.KILLED,
        "stale": Outcome.STALE,
        "crash": Outcome.NOT_TRIED,
    }
    assert (tree / "rule.py").read_text() == RULE


def test_options_that_somebody_gives_every_run_change_nothing(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With these nothing would run, and every mutant survive."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    found = ran(tree, of("seen", "a_high_level_may", "a_low_level_may_not"))
    assert found["seen"].outcome is Outcome.KILLED


def test_a_test_that_fails_anyway_kills_nothing(tree: Path) -> None:
    found = ran(tree, of("fails", "that_always_fails"))
    assert found["fails"].outcome is Outcome.NOT_TRIED
    assert "1 failed" in found["fails"].detail


def test_a_copy_holds_what_will_be_committed_and_goes(tree: Path) -> None:
    (tree / ".gitignore").write_text("secret\n")
    (tree / "secret").write_text("")
    with private_copy(tree) as copy:
        assert {path.name for path in copy.path.iterdir()} == {
            ".gitignore",
            "rule.py",
            "test_rule.py",
        }
        before = (copy.path / "rule.py").stat().st_mtime
        with copy.without(MUTANT):
            assert "if False:" in (copy.path / "rule.py").read_text()
        assert (copy.path / "rule.py").read_text() == RULE
        assert (copy.path / "rule.py").stat().st_mtime >= before + 1  # Python compares seconds
    assert not copy.path.exists()


def test_the_report_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    long = replace(MUTANT, gain="Everybody may do everything. " * 9, text="if level < 3:  " * 9)
    named = replace(long, tests=(f"tests/{'far/' * 20}test_rule.py::test_{'long_' * 30}",))
    for outcome in Outcome:
        command._tell(Verdict(named, outcome, 12.3, "detail " * 40))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("killed    rule/level")
    assert max(map(len, lines)) <= command.WIDTH


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((Outcome.KILLED, Outcome.KILLED), 0),
        ((Outcome.KILLED, Outcome.SURVIVED), 1),
        ((Outcome.NOT_TRIED,), 1),
        ((Outcome.STALE,), 1),
        ((), 1),  # nothing was chosen, nothing was proved
    ],
)
def test_anything_but_killed_is_an_error(
    monkeypatch: pytest.MonkeyPatch, outcomes: Sequence[Outcome], status: int
) -> None:
    table = tuple(replace(MUTANT, name=f"rule/{number}") for number in range(len(outcomes)))
    monkeypatch.setattr(command, "read_tables", lambda: table)
    monkeypatch.setattr(command, "faults", lambda _: ())
    verdicts = [Verdict(m, o, 0.0) for m, o in zip(table, outcomes, strict=True)]
    monkeypatch.setattr(MutantRuns, "run", lambda *_: verdicts)
    assert command.main([]) == status
    assert command.main(["--list"]) == 0
    monkeypatch.setattr(command, "faults", lambda _: ("an entry does not fit",))
    assert command.main([]) == 1
    assert command.main(["--list"]) == 1
