"""The API of the KvK: Zoeken, Basisprofiel and Vestigingen (developers.kvk.nl). Zoeken costs
nothing, so it tells first whether a number exists; the others are paid for each time.

Its server shows a certificate of the authority of the Dutch state, which ``outgoing.ca_file``
names.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from admin.trade_register.entries import (
    MOST_BRANCHES,
    BranchNumber,
    KvkNumber,
    RegisteredBranch,
    RegisterEntry,
    RegisterTrouble,
    Rsin,
    Text,
)
from state.addresses import OutgoingRefused
from state.outgoing import ACCEPT_JSON, OutgoingClient, OutgoingFailed

PARTY: Final = "trade register"
MOST_BYTES: Final = 2 * 1024 * 1024
YES: Final = "Ja"
_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
Answer = TypeVar("Answer", bound=BaseModel)


class _Read(BaseModel):
    """As much as we read; the API may add to it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Hit(_Read):
    kvk: KvkNumber = Field(alias="kvkNummer")


class _Search(_Read):
    results: tuple[_Hit, ...] = Field(default=(), alias="resultaten", max_length=100)


class _Address(_Read):
    kind: str = Field(default="", alias="type", max_length=40)
    whole: Text | None = Field(default=None, alias="volledigAdres")
    hidden: str = Field(default="", alias="indAfgeschermd", max_length=10)


class _Main(_Read):
    rsin: Rsin | None = None
    addresses: tuple[_Address, ...] = Field(default=(), alias="adressen", max_length=20)


class _Embedded(_Read):
    main: _Main | None = Field(default=None, alias="hoofdvestiging")
    owner: _Main | None = Field(default=None, alias="eigenaar")


class _Registration(_Read):
    ended: str | None = Field(default=None, alias="datumEinde", max_length=10)


class _Profile(_Read):
    kvk: KvkNumber = Field(alias="kvkNummer")
    name: Text = Field(alias="naam")
    statutory: Text | None = Field(default=None, alias="statutaireNaam")
    registration: _Registration = Field(default=_Registration(), alias="materieleRegistratie")
    embedded: _Embedded = Field(default=_Embedded(), alias="_embedded")


class _Branch(_Read):
    number: BranchNumber = Field(alias="vestigingsnummer")
    name: Text | None = Field(default=None, alias="eersteHandelsnaam")
    address: Text | None = Field(default=None, alias="volledigAdres")
    hidden: str = Field(default="", alias="indAdresAfgeschermd", max_length=10)


class _Branches(_Read):
    kvk: KvkNumber = Field(alias="kvkNummer")
    branches: tuple[_Branch, ...] = Field(default=(), alias="vestigingen", max_length=MOST_BRANCHES)


class KvkApi:
    """``url``: of the API, such as ``https://api.kvk.nl/api``; ``key`` identifies who pays."""

    source = "kvk_api"

    def __init__(self, outgoing: OutgoingClient, url: str, key: str) -> None:
        self._outgoing, self._url, self._key = outgoing, url.rstrip("/"), key

    def find(self, kvk: str) -> RegisterEntry | None:
        """Raises RegisterTrouble."""
        hits = self._ask(f"/v2/zoeken?kvkNummer={kvk}&resultatenPerPagina=10", _Search)
        if hits is None or not any(hit.kvk == kvk for hit in hits.results):
            return None
        profile = self._ask(f"/v1/basisprofielen/{kvk}", _Profile)
        if profile is None:
            return None
        branches = self._ask(f"/v1/basisprofielen/{kvk}/vestigingen", _Branches)
        if profile.kvk != kvk or (branches is not None and branches.kvk != kvk):
            raise RegisterTrouble("other_number")
        return _entry(profile, branches)

    def _ask(self, path: str, model: type[Answer]) -> Answer | None:
        """None where it says that there is no such thing."""
        headers = {"apikey": self._key}
        try:
            answer = self._outgoing.get(
                f"{self._url}{path}",
                accept=ACCEPT_JSON,
                max_bytes=MOST_BYTES,
                headers=headers,
                party=PARTY,
            )
            if answer.status == 404:
                return None
            if answer.status in (401, 403):
                raise RegisterTrouble("key_refused")
            if answer.status != 200:
                raise RegisterTrouble(f"status_{answer.status}")
            return model.model_validate(answer.json(unique_names=True))
        except (OutgoingRefused, OutgoingFailed) as failed:
            raise RegisterTrouble(failed.reason) from None
        except ValidationError:
            raise RegisterTrouble("not_understood") from None


def _entry(profile: _Profile, branches: _Branches | None) -> RegisterEntry:
    embedded = profile.embedded
    places = [place for place in (embedded.main, embedded.owner) if place is not None]
    values: dict[str, Any] = {
        "kvk": profile.kvk,
        "name": profile.statutory or profile.name,
        "rsin": next((place.rsin for place in places if place.rsin), None),
        "address": next((found for place in places if (found := _address(place))), None),
        "ended": _day(profile.registration.ended),
        "branches": tuple(_branch(one, profile.name) for one in branches.branches)
        if branches is not None
        else (),
    }
    return RegisterEntry(**values)


def _address(place: _Main) -> str | None:
    """Where it is visited, unless the register keeps that to itself."""
    visited = [one for one in place.addresses if one.kind == "bezoekadres"] or place.addresses
    return next((one.whole for one in visited if one.whole and one.hidden != YES), None)


def _branch(one: _Branch, name: str) -> RegisteredBranch:
    address = one.address if one.hidden != YES else None
    return RegisteredBranch(number=one.number, name=one.name or name, address=address)


def _day(text: str | None) -> date | None:
    """``20261130``; a day that is not known whole (``20260000``, ``20261100``) is no end that
    we can date, and still one. Raises RegisterTrouble for what is no day.
    """
    if not text:
        return None
    try:
        found = _DAY.fullmatch(text)
        year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
        return date(year, month or 1, day or 1)
    except ValueError:
        raise RegisterTrouble("not_understood") from None
