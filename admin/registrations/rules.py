"""Rules: what a registration must hold to work at all, and what would do harm; a table per kind.

The models say what can be read, also of what was registered before a rule came; these say what may
be registered from now on. Whoever writes one asks here: ``apply`` for files, screens and an API
through it. ``sluis doctor --parties`` asks for what stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

from admin.registrations.client_rules import CLIENT_RULES, PORTAL_RULES
from admin.registrations.documents import ChainMandateDocument, Entry, MandateDocument
from admin.registrations.federation_rules import FEDERATION_RULES
from admin.registrations.makelaar_rules import MAKELAAR_RULES
from admin.registrations.rule import Breach, Rule, never, only
from admin.registrations.saml_portal_rules import SAML_PORTAL_RULES
from admin.registrations.service_rules import SERVICE_RULES
from broker.outgoing import outgoing_client
from broker.settings import Settings
from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient
from state.outgoing import OutgoingClient

# Controls but for line breaks, marks that turn the direction of writing, halves of characters: a
# page would show something else than was written, or break.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_IDENTITY: Final = re.compile(r"identities\.[0-9]+\.subject")
_PERIOD: Final[Rule[MandateDocument | ChainMandateDocument]] = never(
    "until",
    lambda mandate: mandate.until <= mandate.begins,
    "it lies before from, so the mandate never holds",
    "write a later one",
)
RULES: Final[Mapping[str, tuple[Rule[Any], ...]]] = MappingProxyType(
    {
        "Client": (
            *only(OidcClient, CLIENT_RULES),
            *only(SamlServiceProvider, SAML_PORTAL_RULES),
            *PORTAL_RULES,
        ),
        "Service": SERVICE_RULES,
        "IdentityProvider": MAKELAAR_RULES,
        "Federation": FEDERATION_RULES,
        "Mandate": (_PERIOD,),
        "ChainMandate": (_PERIOD,),
    }
)


def breaches(kind: str, model: BaseModel, calls: OutgoingClient) -> list[Breach]:
    """Everything that is wrong with this document, warnings too, in the order of the table."""
    found = [breach for rule in RULES.get(kind, ()) for breach in rule.look(model, calls)]
    return [*found, *_hidden(model)]


def mistakes(entries: Iterable[Entry], calls: OutgoingClient) -> list[str]:
    """A line for each reason to refuse."""
    return [
        f"{entry.place}: {breach}"
        for entry in entries
        for breach in breaches(entry.kind, entry.model, calls)
        if not breach.warns
    ]


def warnings(entry: Entry, calls: OutgoingClient) -> tuple[str, ...]:
    """What works, and seldom as it was meant."""
    return tuple(str(one) for one in breaches(entry.kind, entry.model, calls) if one.warns)


def calls_of(settings: Settings) -> OutgoingClient:
    """The calls that this installation may make."""
    return outgoing_client(settings)


def _hidden(model: BaseModel) -> Iterator[Breach]:
    for field, text in _texts("", model.model_dump(mode="python", by_alias=True)):
        if field == "saml.metadata":  # no page shows it, and it is the makelaar's own text
            continue
        if _IDENTITY.fullmatch(field):  # judged as a login is, where a separator has a meaning
            continue
        found = _HIDDEN.search(text)
        if found is not None:
            yield Breach(
                field,
                f"it holds the invisible sign U+{ord(found.group()):04X}",
                "write the text anew, without it",
            )


def _texts(field: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(f"{field}.{key}" if field else str(key), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _texts(f"{field}.{number}", inner)
