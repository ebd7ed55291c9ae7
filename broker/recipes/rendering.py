"""A recipe as Markdown, in Dutch or English, with everything filled in."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from flask_babel import force_locale, gettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker.recipes import requirements as requirement_table
from broker.recipes.catalogue import PAGES, RECIPES, Recipe
from broker.recipes.values import Agreed, example, of_this_server
from broker.texts import reasons
from broker.texts.errors import ERRORS
from broker.texts.outside_request import texts

LANGUAGES: Final = ("nl", "en")
_BLOCK: Final = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.M | re.S)
# What was measured, where a reason means little without it.
_TYPICAL: Final = {"level_unknown": {"word": "…", "line": "…"}}
_PAGES: Final = Environment(
    loader=FileSystemLoader(PAGES),
    autoescape=False,  # noqa: S701 - Markdown for a terminal or a file, from our own settings
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


class WordUnknown(Exception):
    """A recipe explains a word that no page of error and no trace has."""


def rendered(recipe: Recipe, base_url: str, language: str, agreed: Agreed | None = None) -> str:
    """The whole page. ``agreed``: what is known of the other side; left out, examples."""
    known = agreed or example(recipe)
    with texts(), force_locale(language):
        page = _PAGES.get_template(f"{recipe.name}.md").render(
            of_this_server(base_url, known.name),
            recipe=recipe,
            agreed=known,
            say=partial(_say, language),
            mistake=_mistake,
            unseen=partial(_unseen, language),
            requirements=lambda: requirements(language),
        )
    return _tidied(page)


def requirements(language: str) -> str:
    """What a makelaar must send, in one table, with the words for levels."""
    say = partial(_say, language)
    beside = say(
        "Wat van een organisatie of machtiging is en niet wordt begrepen, weigert de login. Een "
        "gewone makelaar (SAML 2.0) zegt geen machtigingen: die staan dan hier.",
        "What is of an organisation or mandate and is not understood refuses the login. An "
        "ordinary makelaar (SAML 2.0) says no mandates: they are here then.",
    )
    return f"{requirement_table.table(say)}\n{beside}\n\n{requirement_table.classes()}"


def files(page: str) -> dict[str, str]:
    """The files of a rendered page, by name: what its blocks hold that name one."""
    return dict(_BLOCK.findall(page))


def listed() -> tuple[str, ...]:
    """A line for each recipe, for a terminal."""
    width = max(len(one.name) for one in RECIPES)
    return tuple(
        f"{one.name:<{width}}  {one.counterpart.value:<8}  {one.protocol:<14}  {one.product}"
        for one in RECIPES
    )


def _tidied(page: str) -> str:
    """Without the empty lines that a template leaves outside blocks, and inside tables."""
    parts = page.split("```")
    for number in range(0, len(parts), 2):
        one_empty = re.sub(r"\n{3,}", "\n\n", parts[number])
        parts[number] = re.sub(r"\|\n+(?=\|)", "|\n", one_empty)
    return "```".join(parts).rstrip() + "\n"


def _say(language: str, nl: str, en: str) -> str:
    return nl if language == "nl" else en


def _mistake(word: str, seen: str, remedy: str) -> str:
    """A row: what stands in the trace or on the page, what that means by our own texts, what the
    other side shows, and what to do. Raises WordUnknown.
    """
    return f"| `{word}` | {_meaning(word)} | {seen} | {remedy} |"


def _unseen(language: str, seen: str, remedy: str) -> str:
    """A row of what the other side alone notices."""
    nothing = _say(language, "Bij ons is niets te zien.", "Nothing shows here.")
    return f"| – | {nothing} | {seen} | {remedy} |"


def _meaning(word: str) -> str:
    measured = _TYPICAL.get(word, {})
    found = reasons.find(word, measured)
    if found is not None:
        return reasons.told(found, gettext, measured).cause
    page = next((str(text.title) for text in ERRORS.values() if text.code == word), None)
    if page is None:
        raise WordUnknown(word)
    return page
