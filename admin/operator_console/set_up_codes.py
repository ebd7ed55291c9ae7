"""The recovery codes of a set-up: sealed, until they were seen or the time of the link is over."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter, ValidationError

from admin.operators.set_up_links import OpenLink
from broker.runtime import Runtime
from keys.sealing import SealBroken

_CODES: Final = TypeAdapter(tuple[str, ...])


def keep(rt: Runtime, link: OpenLink, codes: tuple[str, ...]) -> None:
    """After the commit: the store may be in the same database. No codes keep what is there."""
    if not codes:
        return
    sealed = rt.sealer.seal(_CODES.dump_json(codes), _key(link))
    seconds = max(1, int((link.expires_at - rt.clock()).total_seconds()))
    rt.store.put(_key(link), sealed, seconds)


def shown(rt: Runtime, link: OpenLink) -> tuple[str, ...]:
    """The codes; none where they are gone."""
    sealed = rt.store.get(_key(link))
    try:
        return _CODES.validate_json(rt.sealer.open(sealed, _key(link))) if sealed else ()
    except (SealBroken, ValidationError):  # the second: another version of the program wrote it
        return ()


def forget(rt: Runtime, link: OpenLink) -> None:
    rt.store.take(_key(link))


def _key(link: OpenLink) -> str:
    return f"operator-codes:{link.id}"
