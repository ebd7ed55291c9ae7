"""Regular expressions read what strangers wrote: none may take more than a time that grows with its
length, wherever a match could begin.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
READ_STRANGERS: Final = (
    "broker",
    "providers",
    "consent",
    "assurance",
    "directory",
    "keys",
    "state",
)
LENGTH: Final = 20_000
# Far more than reading it once takes, far less than reading it again from every place.
SECONDS: Final = 0.6
LOOKS: Final = 3
REPEATED: Final = (
    *("a", "1", " ", "-", "_", ".", "=", "+", "?", "<", "/", "%", "\n", "é"),
    *(
        "1 ",
        "a ",
        "a.",
        "a-",
        "a@",
        "<a",
        "06 ",
        "eyJ",
        "://",
        "encoding ",
        "encoding=",
        "KvK 9000 ",
    ),
)


@dataclass(frozen=True)
class Expression:
    """One that stands in the code. ``anchored``: only used for the whole of a text."""

    place: str
    pattern: str | bytes
    anchored: bool = False


def expressions() -> Iterator[Expression]:
    for package in READ_STRANGERS:
        for path in sorted((ROOT / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if "re." not in text:  # to read them all takes seconds, in every process
                continue
            lines = [bool(re.search(r"\bre\.", line)) for line in text.splitlines()]
            for statement in ast.parse(text).body:
                if any(lines[statement.lineno - 1 : statement.end_lineno]):
                    for node in ast.walk(statement):
                        yield from _of(node, f"{path.relative_to(ROOT)}", text)


def _of(node: ast.AST, path: str, text: str) -> Iterator[Expression]:
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call)
        ) if (found := _pattern(call, "compile")) is not None:
            used = set(re.findall(rf"\b{name}\.([a-z]+)\(", text))
            yield Expression(f"{path}:{call.lineno}", found, used <= {"fullmatch", "match"})
        case ast.Call(func=ast.Attribute(attr=method)) if method != "compile":
            if (found := _pattern(node, method)) is not None:
                yield Expression(f"{path}:{node.lineno}", found, method in ("fullmatch", "match"))


def _pattern(call: ast.Call, method: str) -> str | bytes | None:
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="re"), attr=attr),
            args=[ast.Constant(value=str() | bytes() as pattern), *_],
        ) if attr == method:
            return pattern
    return None


FOUND: Final = tuple(expressions())


def test_the_expressions_are_found() -> None:
    files = {one.place.partition(":")[0] for one in FOUND}
    assert {
        "broker/web/templating.py",
        "providers/saml/wire/xml_values.py",
        "keys/xml/guard.py",
    } <= files
    assert {one.anchored for one in FOUND} == {True, False}


@pytest.mark.parametrize("one", [pytest.param(one, id=one.place) for one in FOUND])
def test_an_expression_reads_a_long_text_once(one: Expression) -> None:
    assert not [text for text in REPEATED if is_slow(one, (text * LENGTH)[:LENGTH])]


def test_the_measure_knows_an_expression_that_begins_again_everywhere() -> None:
    # A quarter of the length, so a sixteenth of the time.
    again = Expression("", r"\w+(?: \d{4,5}){2}")
    assert is_slow(again, "a" * (LENGTH // 4), SECONDS / 16)


def is_slow(one: Expression, text: str, limit: float = SECONDS) -> bool:
    """At each of several looks: what takes the processor away meanwhile does not do so each time,
    and an expression that begins again everywhere is above it by far.
    """
    return all(seconds(one, text) > limit for _ in range(LOOKS))


def seconds(one: Expression, text: str) -> float:
    """Processor time of one search, or of one match of the whole."""
    compiled = re.compile(one.pattern)
    read = compiled.fullmatch if one.anchored else compiled.search
    begin = time.process_time()
    read(text if isinstance(one.pattern, str) else text.encode())
    return time.process_time() - begin
