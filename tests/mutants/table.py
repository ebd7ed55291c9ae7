"""The tables: what is taken away, what that would give to whom, and which tests must fail."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

TABLES: Final = Path(__file__).parent
ROOT: Final = TABLES.parents[1]
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FIELDS: Final = frozenset({"file", "text", "becomes", "gain", "tests"})


class Stale(Exception):
    """The text of an entry is not there exactly once."""


class TableMalformed(ValueError):
    """An entry has not the shape of one; the message names it."""


@dataclass(frozen=True)
class Mutant:
    """One line taken away. ``name`` is ``subject/name``; ``file`` and the files of ``tests`` (node
    ids of pytest) are relative to the root.
    """

    name: str
    file: str
    text: str
    becomes: str
    gain: str
    tests: tuple[str, ...]

    def applied(self, source: str) -> str:
        """The file with the line taken away. Raises Stale."""
        times = source.count(self.text)
        if times != 1:
            raise Stale(f"its text stands {times} times in {self.file}, not once")
        return source.replace(self.text, self.becomes)


def read_tables(folder: Path = TABLES) -> tuple[Mutant, ...]:
    """Every entry, by name. Raises TableMalformed."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found.append(_mutant(f"{path.stem}/{name}", entry))
    return tuple(sorted(found, key=lambda mutant: mutant.name))


def _mutant(name: str, entry: Mapping[str, Any]) -> Mutant:
    if not all(_NAME.fullmatch(part) for part in name.split("/")):
        raise TableMalformed(f"{name}: a name is small letters, digits and hyphens")
    if entry.keys() != _FIELDS:
        raise TableMalformed(f"{name}: an entry has {', '.join(sorted(_FIELDS))}")
    tests = tuple(entry["tests"])
    words = {field: str(entry[field]) for field in _FIELDS - {"tests"}}
    if not tests or not words["text"].strip() or not words["gain"].strip():
        raise TableMalformed(f"{name}: text, gain and tests say something")
    return Mutant(name=name, tests=tests, **words)


def faults(mutants: Sequence[Mutant], root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the entries beside this tree, a sentence each. Runs nothing."""
    for mutant in mutants:
        for fault in _faults(mutant, root):
            yield f"{mutant.name}: {fault}"
    changes = Counter((one.file, one.text, one.becomes) for one in mutants)
    doubled = [one.name for one in mutants if changes[one.file, one.text, one.becomes] > 1]
    if doubled:
        yield f"the same change under several names: {', '.join(doubled)}"


def _faults(mutant: Mutant, root: Path) -> Iterator[str]:
    path = root / mutant.file
    if not path.is_file():
        yield f"there is no {mutant.file}"
        return
    try:
        ast.parse(mutant.applied(path.read_text(encoding="utf-8")))
    except (Stale, SyntaxError) as error:
        yield str(error)
    else:
        if _said(mutant.text) == _said(mutant.becomes):
            yield "what it becomes is the same program"
    for test in mutant.tests:
        file, _, name = test.partition("::")
        if name.partition("[")[0] not in ("", *_functions(root / file)):
            yield f"there is no test {test}"
        elif not (root / file).is_file():
            yield f"there is no {file}"


def _said(text: str) -> str:
    """Without comments and spaces."""
    return "".join(line.partition("#")[0] for line in text.splitlines()).replace(" ", "")


@cache
def _functions(path: Path) -> frozenset[str]:
    """The test functions of a file, those of classes as ``Class::test``."""
    if not path.is_file():
        return frozenset()
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{x.name}" for x in node.body if isinstance(x, ast.FunctionDef)}
    return frozenset(found)
