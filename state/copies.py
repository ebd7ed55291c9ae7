"""Copies of facts: the same record with something changed.

``dataclasses.replace`` asks for each field by its name and gives it to ``__init__``, where a frozen
record sets it with a call: for the fifty fields of a login twenty times what the copy costs, and a
login is copied twenty times before it ends.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace  # which type checkers know by its name
else:

    def replace(one: Any, /, **changes: Any) -> Any:
        """As that of ``dataclasses``, of a record that is its fields and nothing more: without
        ``__post_init__`` and slots. What was worked out from the fields (``cached_property``) stays
        behind. Raises TypeError.
        """
        names = _fields_of(type(one))
        if not names.issuperset(changes):
            raise TypeError(f"no fields of {type(one).__name__}: {sorted(changes.keys() - names)}")
        made, kept = object.__new__(type(one)), one.__dict__
        if len(kept) == len(names):
            made.__dict__.update(kept)
        else:
            made.__dict__.update((name, kept[name]) for name in names)
        made.__dict__.update(changes)
        return made


@cache
def _fields_of(kind: type) -> frozenset[str]:
    """Raises TypeError for a kind of which fields are not the whole."""
    found = fields(kind)
    if hasattr(kind, "__post_init__") or not all(field.init for field in found):
        raise TypeError(f"{kind.__name__} is more than its fields")
    return frozenset(field.name for field in found)
