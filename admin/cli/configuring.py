"""``sluis config``: the settings as they are read, without the secrets in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from broker import settings
from broker.outgoing import way_out
from broker.settings import Settings, SettingsError

HIDDEN: Final = "***"
_SECRET_NAME: Final = r"[\w.-]*(?:pass|secret|token|key|sig|auth|code)[\w.-]*"
# Greedy to the last @: a password may hold one that nobody escaped.
_PASSWORD: Final = re.compile(r"(?<=://)([^:/?#@]*):.*@")
_QUERY: Final = re.compile(rf"(?i)([?&;]{_SECRET_NAME}=)[^&;#]*")
_SECRET_KEY: Final = re.compile(r"(?i)(?:^|_)(?:password|secret|token)$")


@dataclass(frozen=True)
class Effective:
    """One setting. ``value`` fits JSON; ``origin`` is ``default`` or a ``settings.Origin``."""

    section: str
    key: str
    value: Any
    origin: str

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"


def mistakes(path: Path | None) -> list[str]:
    """One line per wrong key; none where the settings can be used."""
    try:
        way_out(settings.load(path))
    except SettingsError as error:
        return str(error).splitlines()
    return []


def effective(path: Path | None) -> list[Effective]:
    """Every setting in the order of the sections, secrets masked. Raises SettingsError."""
    given = settings.given(path)
    written = settings.validated(given).model_dump(mode="json")
    return [
        Effective(section, key, masked(key, value), given.origins.get((section, key), "default"))
        for section, keys in written.items()
        for key, value in keys.items()
    ]


def masked(key: str, value: Any) -> Any:
    """The value without a secret, a password in an address or a token in its query."""
    if not isinstance(value, str):
        return value
    if _SECRET_KEY.search(key):
        return HIDDEN
    return _QUERY.sub(rf"\g<1>{HIDDEN}", _PASSWORD.sub(rf"\g<1>:{HIDDEN}@", value))


def lines(found: list[Effective], *, with_origin: bool) -> Iterator[str]:
    """``section.key = value``, with where it came from behind it."""
    texts = [f"{one.name} = {json.dumps(one.value, ensure_ascii=False)}" for one in found]
    width = max(map(len, texts))
    for text, one in zip(texts, found, strict=True):
        yield f"{text:<{width}}  # {one.origin}" if with_origin else text


def as_json(found: list[Effective], *, with_origin: bool) -> str:
    """Section → key → value, or with origins → value and origin."""
    document: dict[str, dict[str, Any]] = {}
    for one in found:
        told = {"value": one.value, "origin": one.origin} if with_origin else one.value
        document.setdefault(one.section, {})[one.key] = told
    return json.dumps(document, indent=2, ensure_ascii=False)


def schema() -> str:
    """JSON Schema of the settings file, for editors."""
    from admin.registrations.schema import DRAFT

    document = {"$schema": DRAFT, **Settings.model_json_schema(), "title": "Sluis settings"}
    return json.dumps(document, indent=2, ensure_ascii=False)
