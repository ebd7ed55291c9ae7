"""The HTML of a mail, made from its text and from nothing else.

No picture, no font, no script, no address that is fetched: nobody learns that it was read. The
looks are those of the pages, by their values (a test compares them with the theme); each element
carries its own for programs that drop a style sheet, which is there only for the dark. No tables:
what a program does not understand leaves text below text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker.texts.mail_text import Marked, blocks

# What it is for → (its name in the palette and its value) by daylight, and in the dark.
COLOURS: Final = {
    "page": ("stone-50", "#f7f6f3", "water-950", "#04222a"),
    "surface": ("stone-0", "#ffffff", "water-900", "#07323c"),
    "line": ("stone-200", "#e0ddd5", "water-700", "#0f5a69"),
    "text": ("stone-900", "#1c2326", "stone-50", "#f7f6f3"),
    "heading": ("water-950", "#04222a", "stone-0", "#ffffff"),
    "link": ("water-700", "#0f5a69", "water-300", "#8ccbd6"),
    "code": ("water-50", "#f0f8f9", "water-950", "#04222a"),
    "edge": ("water-600", "#177486", "water-300", "#8ccbd6"),
}
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Part:
    """A content in one language: ``nl`` or ``en``."""

    language: str
    subject: str
    text: str


def page(parts: Sequence[Part], marked: Marked) -> str:
    """A whole document. Its heading is the subject, below it stands the text."""
    return _TEMPLATES.get_template("mail.html").render(
        language=parts[0].language,
        title=" / ".join(part.subject for part in parts),
        parts=[(part, list(blocks(part.text, marked))) for part in parts],
        light={name: light for name, (_, light, _, _) in COLOURS.items()},
        dark={name: dark for name, (_, _, _, dark) in COLOURS.items()},
    )
