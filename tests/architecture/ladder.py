"""The import ladder, from the top down: a package may import from lower rungs only."""

from __future__ import annotations

from typing import Final

LADDER: Final[tuple[tuple[str, ...], ...]] = (
    ("admin",),
    ("broker",),
    ("providers",),
    ("consent",),
    ("assurance",),
    ("directory",),
    ("keys",),
    ("state",),
    ("assurance.levels", "keys.sealing"),  # the ground floor: what every package may lean on
)

HEIGHT: Final = {
    package: len(LADDER) - number for number, rung in enumerate(LADDER) for package in rung
}


def package_of(module: str) -> str | None:
    """The package on the ladder that owns the module: its longest dotted prefix, or None."""
    parts = module.split(".")
    prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in HEIGHT), None)


def may_import(importer: str, imported: str) -> bool:
    """Modules of one package know each other; between packages imports go down."""
    above, below = package_of(importer), package_of(imported)
    if above is None or below is None or above == below:
        return True
    return HEIGHT[above] > HEIGHT[below]
