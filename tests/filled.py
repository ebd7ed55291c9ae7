"""A record in which every field says something, whatever fields it gets later."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from tests.clocks import START

TEXT: Final = 'é "quoted" \\ / </x> \u2028 \U0001f511 \x00\x1f'
MOMENT: Final = START + timedelta(microseconds=120)


def filled(kind: type) -> Any:
    """Of this dataclass, and what it holds, every field filled."""
    hints = get_type_hints(kind)
    return kind(**{field.name: _value(hints[field.name]) for field in fields(kind)})


def _value(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(next(one for one in inner if one is not NoneType))
    if origin is tuple:
        many = inner[-1] is Ellipsis
        return tuple(_value(one) for one in ((inner[0], inner[0]) if many else inner))
    if origin in (dict, Mapping):
        return {TEXT: _value(inner[1]), "other": _value(inner[1])}
    if is_dataclass(hint):
        return filled(hint)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return list(hint)[-1]
    plain = {str: TEXT, int: 2**40, bool: True, datetime: MOMENT, date: MOMENT.date()}
    return plain.get(hint, {"any": [TEXT, 1.5, None, {"a": False}]})
