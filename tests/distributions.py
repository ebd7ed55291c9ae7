"""What an installed distribution needs to run."""

from __future__ import annotations

from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed_by(name: str, *extras: str) -> set[str]:
    """Canonical names of all distributions that this one needs here, without its own."""
    found: set[str] = set()
    todo = [(name, frozenset(extras))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for text in distribution(one[0]).requires or ():
            requirement = Requirement(text)
            wanted = [{"extra": extra} for extra in ("", *one[1])]
            marker = requirement.marker
            if marker is None or any(marker.evaluate(environment) for environment in wanted):
                needed = canonicalize_name(requirement.name)
                found.add(needed)
                todo.append((needed, frozenset(requirement.extras)))
    return found
