"""``sluis recipe``: how to connect a product, with what this installation is called."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from broker.recipes import rendering
from broker.recipes.catalogue import BY_NAME
from broker.recipes.values import known
from broker.settings import Settings

REQUIREMENTS: Final = "requirements"  # what a makelaar must send, whatever its product


def listed() -> tuple[str, ...]:
    """A line for each recipe."""
    return (*rendering.listed(), f"{REQUIREMENTS}: what a makelaar must send, in one table")


class RecipeUnknown(Exception):
    """There is no recipe of that name; the message says which look like it."""


def page(
    settings: Settings,
    name: str,
    language: str,
    address: str | None = None,
    party: str | None = None,
    service: str | None = None,
    command: str = "sluis",
) -> str:
    """The recipe in Markdown; what is left out has the value of an example. ``command``: how
    ``sluis`` is told which installation is meant. Raises RecipeUnknown.
    """
    if name == REQUIREMENTS:
        return rendering.requirements(language)
    recipe = BY_NAME.get(name)
    if recipe is None:
        near = get_close_matches(name, BY_NAME, n=3, cutoff=0.4)
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        raise RecipeUnknown(f"there is no recipe {name!r}; {meant}sluis recipe lists them")
    agreed = known(recipe, settings.development.own_portal)
    agreed = replace(
        agreed,
        address=(address or agreed.address).rstrip("/"),
        name=party or agreed.name,
        service=service or agreed.service,
        command=command,
    )
    return rendering.rendered(recipe, settings.base_url, language, agreed)
