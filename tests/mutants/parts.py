"""Which mutants run now: all, some by name, or the part of this commit."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.mutants.table import Mutant

IN_A_PART: Final = 24  # two minutes with two workers on two quiet cores


def chosen(mutants: Sequence[Mutant], patterns: Sequence[str]) -> tuple[Mutant, ...]:
    """Those whose names fit one of these: ``saml/*``, ``*/another-issuer``."""
    return tuple(one for one in mutants if any(fnmatch(one.name, wish) for wish in patterns))


def unknown(mutants: Sequence[Mutant], patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of these that fit the name of no mutant."""
    return tuple(wish for wish in patterns if not chosen(mutants, (wish,)))


def groups(mutants: Sequence[Mutant]) -> list[tuple[Mutant, ...]]:
    """Those of one set of test files together: they share the run that shows that their tests pass
    as things are.
    """
    ordered = sorted(mutants, key=lambda one: (files_of(one), one.name))
    return [tuple(group) for _, group in groupby(ordered, key=files_of)]


def files_of(mutant: Mutant) -> tuple[str, ...]:
    """The test files of a mutant."""
    return tuple(sorted({test.partition("::")[0] for test in mutant.tests}))


def how_many(mutants: Sequence[Mutant]) -> int:
    """Parts in all."""
    return max(1, -(-len(mutants) // IN_A_PART))


def part(mutants: Sequence[Mutant], number: int) -> tuple[Mutant, ...]:
    """One of the parts, which are as good as equal and together are all. ``number``: any; those
    that are too large begin anew.
    """
    ordered = [one for group in groups(mutants) for one in group]
    parts = how_many(mutants)
    at = number % parts
    return tuple(ordered[at * len(ordered) // parts : (at + 1) * len(ordered) // parts])


def number_of_now(root: Path) -> int:
    """A number that every commit changes and that is the same whenever this one is tried; of the
    day, where there is no commit.
    """
    asked = ["git", "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        said = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return datetime.now(UTC).toordinal()
    return int(said.strip(), 16)
