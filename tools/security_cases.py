"""Write docs/security-cases.md: every case of the catalogue with the tests that prove it.

``python -m tools.security_cases`` writes, ``--check`` only compares and says what is wrong.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
CATALOGUE: Final = Path("tests/attacks/catalogue.toml")
PAGE: Final = Path("docs/security-cases.md")

FUNCTION_NAME: Final = re.compile(r"test_((?:[A-Z]_\d\d(?:_|$))+)")
NAMED: Final = re.compile(r"[A-Z][_-]\d\d")
ROW_NAME: Final = re.compile(r"((?:[A-Z]-\d\d(?:[ ,]+|$))+)")

INTRODUCTION: Final = """\
# Security cases

What is sent to Sluis or done to it, what must then happen, and the test that proves it.
Written by `make security-cases` from `tests/attacks/catalogue.toml` and the tests; do not edit.

*Refused* means: an error page of our own with a reference, no session, no code or token, nothing
to the portal that looks like success, the login closed where the message belongs to one, and one
audit event without personal data. *The portal hears x* means: the same, and the portal gets the
protocol's error x. Every refused message has a good twin that is accepted.
"""


@dataclass(frozen=True)
class Case:
    """A line of the catalogue. ``brought_by``: the capability that brings it, or the rest of it."""

    id: str
    what: str
    outcome: str
    brought_by: str | None = None


@dataclass(frozen=True)
class Section:
    title: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Proof:
    """A test that names a case. ``file`` is relative to the root."""

    case: str
    file: str
    function: str


def read_catalogue(text: str) -> tuple[Section, ...]:
    """Raises TypeError for a key that no case has, ValueError for an id in the wrong section."""
    sections = []
    for letter, section in tomllib.loads(text).items():
        cases = tuple(Case(id=name, **fields) for name, fields in section["cases"].items())
        strays = [case.id for case in cases if not re.fullmatch(rf"{letter}-\d\d", case.id)]
        if strays:
            raise ValueError(f"not in section {letter}: {', '.join(strays)}")
        sections.append(Section(section["title"], cases))
    return tuple(sections)


def cases_in_function_name(name: str) -> tuple[str, ...]:
    """``test_S_01_S_02_a_wrapped_response`` → ``S-01``, ``S-02``."""
    found = FUNCTION_NAME.match(name)
    return tuple(re.sub("_", "-", c) for c in re.findall(r"[A-Z]_\d\d", found[1])) if found else ()


def cases_in_row_name(name: str) -> tuple[str, ...]:
    """``S-01 the signed part is wrapped`` → ``S-01``."""
    found = ROW_NAME.match(name)
    return tuple(re.findall(r"[A-Z]-\d\d", found[1])) if found else ()


def proofs_in(source: str, file: str) -> Iterator[Proof]:
    """Cases that are named by test functions and by ``pytest.param(…, id=…)`` rows."""
    if not NAMED.search(source):  # two files of three; to parse one takes far longer
        return
    for top in ast.parse(source, filename=file).body:
        for node in ast.walk(top):
            if isinstance(node, ast.FunctionDef):
                for case in cases_in_function_name(node.name):
                    yield Proof(case, file, node.name)
            elif isinstance(node, ast.Call):
                for case in cases_in_row_name(_row_name(node)):
                    yield Proof(case, file, getattr(top, "name", ""))


def _row_name(call: ast.Call) -> str:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else None
    values = [word.value for word in call.keywords if word.arg == "id"]
    if called != "param" or not values or not isinstance(values[0], ast.Constant):
        return ""
    return str(values[0].value)


def all_proofs(root: Path) -> tuple[Proof, ...]:
    """Of every test file, in the order of their names, each once."""
    found = (
        proof
        for path in sorted((root / "tests").rglob("test_*.py"))
        if "node_modules" not in path.parts
        for proof in proofs_in(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    )
    return tuple(dict.fromkeys(found))


def gaps(sections: Sequence[Section], proofs: Sequence[Proof]) -> list[str]:
    """What is wrong between catalogue and tests, a sentence each."""
    known = {case.id: case for section in sections for case in section.cases}
    proven = {proof.case for proof in proofs}
    unproven = [
        f"{case.id} has neither a test nor brought_by in {CATALOGUE}"
        for case in known.values()
        if case.id not in proven and case.brought_by is None
    ]
    unknown = [
        f"{proof.file}::{proof.function} names {proof.case}, which {CATALOGUE} lacks"
        for proof in proofs
        if proof.case not in known
    ]
    return unproven + unknown


def page(sections: Sequence[Section], proofs: Sequence[Proof]) -> str:
    """The whole of docs/security-cases.md."""
    by_case: dict[str, list[Proof]] = {}
    for proof in proofs:
        by_case.setdefault(proof.case, []).append(proof)
    parts = [INTRODUCTION]
    for section in sections:
        rows = [_row(case, by_case) for case in section.cases]
        table = ["| id | what | outcome | proven by |", "| --- | --- | --- | --- |", *rows]
        parts.append(f"## {section.title}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def _row(case: Case, by_case: Mapping[str, Sequence[Proof]]) -> str:
    shown = [_link(proof) for proof in by_case.get(case.id, ())]
    if case.brought_by:
        shown.append(f"{'rest ' if shown else ''}comes with *{case.brought_by}*")
    cells = (case.id, case.what, case.outcome, "<br>".join(shown))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _link(proof: Proof) -> str:
    name = f"{Path(proof.file).name}::{proof.function}" if proof.function else Path(proof.file).name
    return f"[`{name}`](../{proof.file})"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    sections = read_catalogue((ROOT / CATALOGUE).read_text(encoding="utf-8"))
    proofs = all_proofs(ROOT)
    problems = gaps(sections, proofs)
    target = ROOT / PAGE
    text = page(sections, proofs)
    if not options.check:
        target.write_text(text, encoding="utf-8")
    elif not target.is_file() or target.read_text(encoding="utf-8") != text:
        problems.append(f"{PAGE} is not up to date: run make security-cases")
    for problem in problems:
        sys.stderr.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
