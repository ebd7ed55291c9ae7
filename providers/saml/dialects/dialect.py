"""What one dialect says, in one shape for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from stdnum.nl import bsn

from consent.authority import PartyIdType

_PSEUDONYM: Final = re.compile(r"[0-9A-Fa-f]{64}@[0-9A-Fa-f]{32}")

# How a number of an organisation looks; whether it is one is judged with the mandate.
PARTY_SHAPES: Final[Mapping[PartyIdType, re.Pattern[str]]] = MappingProxyType(
    {PartyIdType.KVK: re.compile(r"[0-9]{8}"), PartyIdType.RSIN: re.compile(r"[0-9]{9}")}
)


@dataclass(frozen=True)
class PersonKind:
    """A kind of identifier of a person. ``shape``: what it must match; ``elevenproof``: a BSN.
    ``is_lasting``: it is the same at each login, so that it can be the key of a person.
    """

    qualifier: str  # under which a person is kept, whichever spelling came in
    shape: re.Pattern[str]
    elevenproof: bool = False
    is_lasting: bool = True

    def fits(self, value: str) -> bool:
        """Does this value look like one?"""
        return self.shape.fullmatch(value) is not None and (
            not self.elevenproof or bool(bsn.is_valid(value))
        )


PSEUDONYM_OF_ETD: Final = PersonKind("urn:etoegang:1.13:EntityConcernedID:Pseudo", _PSEUDONYM)


@dataclass(frozen=True)
class SamlDialect:
    """``levels``: the vocabularies whose words for a level are believed. ``acting``, ``legal``,
    ``intermediary``: names of attributes, any of which may be used; ``…_kinds``: NameQualifiers to
    what they mean, of persons the first that came is the key, in the order of the table.

    ``sealed``: identifiers must be encrypted. ``own_keys_only``: a key with another Recipient than
    ours is not tried. ``keeps_advice``: assertions in Advice are evidence, kept and never read.
    ``service_fits``: a service that is named must be the one that was asked, whoever acts.
    ``settings``: what a makelaar's record says where it says nothing itself.
    """

    name: str
    title: str  # as operators know it
    levels: tuple[str, ...]
    acting: tuple[str, ...] = ()
    acting_kinds: Mapping[str, PersonKind] = field(default_factory=dict)
    legal: tuple[str, ...] = ()
    legal_kinds: Mapping[str, PartyIdType] = field(default_factory=dict)
    intermediary: tuple[str, ...] = ()
    intermediary_kinds: tuple[str, ...] = ()  # last words of their qualifiers
    intermediary_names: tuple[str, ...] = ()
    company_names: tuple[str, ...] = ()
    representation: tuple[str, ...] = ()
    branch: str | None = None
    service_uuids: tuple[str, ...] = ()
    service_ids: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()
    family_names: tuple[str, ...] = ()
    sealed: bool = False
    own_keys_only: bool = False
    keeps_advice: bool = False
    service_fits: bool = False
    asks_by_index: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def says_mandates(self) -> bool:
        """Does it know of acting for somebody at all?"""
        return bool(self.legal)
