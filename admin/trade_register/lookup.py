"""Asking the register that the settings choose, with answers kept for a while: one number is looked
up again and again while somebody fills in a form, and each answer of the API is paid for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from admin.trade_register.entries import RegisterEntry, RegisterTrouble, TradeRegister
from admin.trade_register.kvk_api import KvkApi
from admin.trade_register.register_file import RegisterFile
from broker.organisation_settings import RegisterSettings
from broker.settings import Settings
from directory import organisation_records
from state.ephemeral import ExpiringStore, StoreUnavailable
from state.outgoing import OutgoingClient

_KEPT: Final = TypeAdapter(RegisterEntry | None)


class HasRegister(Protocol):
    """What a process and the runtime of a view have in common."""

    @property
    def settings(self) -> Settings: ...
    @property
    def outgoing(self) -> OutgoingClient: ...
    @property
    def store(self) -> ExpiringStore: ...


@dataclass(frozen=True)
class Found:
    """What is known of a number. ``entry``: None where the register knows none; ``moved_to``: the
    number that took its place, where it did.
    """

    entry: RegisterEntry | None
    moved_to: str | None = None


def look_up(session: Session, within: HasRegister, kvk: str) -> Found:
    """The register's word on a KvK number of eight digits (``directory.company_numbers``). Raises
    RegisterTrouble, with ``none`` where no register is chosen: ask who runs the installation.
    """
    moved = organisation_records.moved_to(session, kvk)
    register = register_of(within.settings.trade_register, within.outgoing)
    if register is None:
        raise RegisterTrouble("none")
    entry = _kept(within, register, kvk)
    return Found(entry, moved)


def register_of(chosen: RegisterSettings, outgoing: OutgoingClient) -> TradeRegister | None:
    """The register of these settings; None where there is none. Raises RegisterTrouble for a key
    that cannot be read.
    """
    make = _ADAPTERS.get(chosen.adapter)
    return make(chosen, outgoing) if make is not None else None


def _of_api(chosen: RegisterSettings, outgoing: OutgoingClient) -> TradeRegister:
    assert chosen.api_key_file is not None
    return KvkApi(outgoing, chosen.url, _key(chosen.api_key_file))


def _of_file(chosen: RegisterSettings, _outgoing: OutgoingClient) -> TradeRegister:
    assert chosen.file is not None
    return RegisterFile(chosen.file)


_ADAPTERS: Final[dict[str, Callable[[RegisterSettings, OutgoingClient], TradeRegister]]] = {
    "kvk_api": _of_api,
    "file": _of_file,
}


def _key(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise RegisterTrouble("key_not_readable") from None
    if not key or not key.isprintable():
        raise RegisterTrouble("key_not_readable")
    return key


def _kept(within: HasRegister, register: TradeRegister, kvk: str) -> RegisterEntry | None:
    """From the store where it is there; a store that does not answer costs a call and no more."""
    name, seconds = (
        f"register:{register.source}:{kvk}",
        within.settings.trade_register.cache_hours * 3600,
    )
    if not seconds or register.source == "file":
        return register.find(kvk)
    try:
        kept = within.store.get(name)
        if kept is not None:
            return _KEPT.validate_json(kept)
    except (StoreUnavailable, ValidationError):
        return register.find(kvk)
    found = register.find(kvk)
    within.store.put(name, _KEPT.dump_json(found), seconds)
    return found
