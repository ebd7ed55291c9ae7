"""The text of a mail read back: paragraphs, lists and quotes, and what in them is a link or a code.

Paragraphs stand between empty lines; lines of a list begin with ``- ``, and what belongs to an item
is indented below it; lines of a quote begin with ``> ``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from broker.texts.quoting import MARK, WIDTH

_ITEM: Final = "- "
_QUOTE: Final = MARK.rstrip()
_WEB: Final = ("https://", "http://")  # http: of an installation on one's own machine
Kind = Literal["text", "list", "quote"]


@dataclass(frozen=True)
class Marked:
    """What of a text is an address to follow, and what a code to copy."""

    links: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """Words, maybe over several lines. ``url``: of a link that has them."""

    lines: tuple[str, ...]
    url: str | None = None
    is_code: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph or a quote, which has one item, or a list."""

    kind: Kind
    items: tuple[tuple[Run, ...], ...]


def blocks(text: str, marked: Marked) -> Iterator[Block]:
    """In the order of the text."""
    for paragraph in text.strip("\n").split("\n\n"):
        for kind, lines in _of_one_kind(paragraph.splitlines()):
            yield _block(kind, lines, marked)


def _of_one_kind(lines: Sequence[str]) -> Iterator[tuple[Kind, list[str]]]:
    found: list[str] = []
    kind: Kind = "text"
    for line in lines:
        its = _kind(line, kind)
        if found and its != kind:
            yield kind, found
            found = []
        kind = its
        found.append(line)
    if found:
        yield kind, found


def _kind(line: str, before: Kind) -> Kind:
    if line.startswith(_QUOTE):
        return "quote"
    if line.startswith(_ITEM) or (before == "list" and line.startswith("  ")):
        return "list"
    return "text"


def _block(kind: Kind, lines: Sequence[str], marked: Marked) -> Block:
    if kind == "quote":
        return Block(kind, ((Run(_unbroken(lines)),),))
    said = _items(lines) if kind == "list" else ["\n".join(lines)]
    return Block(kind, tuple(tuple(_runs(one, marked)) for one in said))


def _items(lines: Sequence[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(_ITEM):
            items.append(line.removeprefix(_ITEM))
        else:
            items[-1] += f"\n{line.strip()}"
    return items


def _unbroken(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines as they were written, where a quote broke one to fit the width of its text."""
    whole: list[str] = []
    before = ""
    for line in lines:
        said = line.removeprefix(_QUOTE).strip()
        word = said.partition(" ")[0]
        if before and word and len(before) + 1 + len(word) > WIDTH:
            whole[-1] += f" {said}"
        else:
            whole.append(said)
        before = said
    return tuple(whole)


def _runs(text: str, marked: Marked) -> Iterator[Run]:
    """The sentence that names an address is the link to it."""
    rest = text
    while found := _next_link(rest, marked.links):
        start = _sentence_start(rest, found.start())
        yield from _coded(rest[:start], marked.codes)
        yield Run(_lines(rest[start : found.end()]), url=found.group())
        rest = rest[found.end() :]
    yield from _coded(rest, marked.codes)


def _next_link(text: str, links: Sequence[str]) -> re.Match[str] | None:
    known = [re.escape(url) for url in links if url.startswith(_WEB) and len(url.split()) == 1]
    if not known:
        return None
    longest_first = "|".join(sorted(known, key=len, reverse=True))
    return re.search(rf"(?<!\S)(?:{longest_first})(?=[.,]?(?:\s|$))", text)


def _sentence_start(text: str, address: int) -> int:
    ends = [found.end() for found in re.finditer(r"[.?!]\s+", text[:address])]
    return ends[-1] if ends else 0


def _coded(text: str, codes: Sequence[str]) -> Iterator[Run]:
    """A code stands after a colon at the end of a line, or in "is …." """
    known = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True) if code)
    done = 0
    if known:
        where = rf"(?<=: )(?:{known})$|(?<= is )(?:{known})(?=\.)"
        for found in re.finditer(where, text, re.MULTILINE):
            yield Run(_lines(text[done : found.start()]))
            yield Run((found.group(),), is_code=True)
            done = found.end()
    if text[done:]:
        yield Run(_lines(text[done:]))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))
