"""What the registration of a federation must hold to work at all, and must not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from admin.registrations.makelaar_rules import SPOKEN_RULES, in_section
from admin.registrations.rule import Rule, addresses, called, never
from directory.web_addresses import link_fault
from keys.certificates import chain_from_pem
from providers.federations import Federation, FederationSaml
from state import registrations
from state.registrations import Kind


def _cannot_be_read(saml: FederationSaml) -> bool:
    try:
        chain_from_pem(saml.metadata_signing_certificate or "")
    except ValueError:
        return saml.metadata_signing_certificate is not None
    return False


def mistakes(
    session: Session, entries: Sequence[Entry], leaving: frozenset[tuple[Kind, str]] = frozenset()
) -> Iterator[str]:
    """A line for each federation and makelaar that would stand under one id."""
    both = (Kind.IDENTITY_PROVIDER, Kind.FEDERATION)
    standing = {
        (kind, name)
        for kind in both
        for name in registrations.names(session, kind)
        if (kind, name) not in leaving
    }
    given = {(Kind(e.kind), e.model.key) for e in entries if e.kind in both}
    for entry in entries:
        if entry.kind not in both:
            continue
        (other,) = (kind for kind in both if kind != entry.kind)
        if (other, entry.model.key) in standing | given:
            yield (
                f"{entry.place}: id: the {other} {entry.model.key} has it too, and a service that "
                "names it would mean both; write another one"
            )


_LIST_RULES: Final[tuple[Rule[FederationSaml], ...]] = (
    never(
        "aggregate_url",
        lambda saml: saml.aggregate_url is None and saml.aggregate_file is None,
        "neither an address nor a file of the list is named",
        "write where the federation publishes it, or aggregate_file",
    ),
    called("aggregate_url", lambda saml: saml.aggregate_url),
    never(
        "aggregate_file",
        lambda saml: (
            saml.aggregate_file is not None and not PurePosixPath(saml.aggregate_file).is_absolute()
        ),
        "it is no whole path, and a worker has another folder than you",
        "write it from the root on, such as /etc/sluis/federation.xml",
    ),
    never(
        "metadata_signing_certificate",
        lambda saml: not (saml.metadata_signing_certificate or saml.metadata_signing_fingerprints),
        "nobody is named who signs the list, and one that anybody may have written counts for "
        "nothing",
        "write metadata_signing_certificate_file or metadata_signing_fingerprints",
    ),
    never(
        "metadata_signing_certificate",
        _cannot_be_read,
        "it cannot be read as a certificate",
        "write it in PEM, with its lines BEGIN CERTIFICATE and END CERTIFICATE",
    ),
)
FEDERATION_RULES: Final[tuple[Rule[Federation], ...]] = (
    addresses("help_url", lambda one: one.help_url, lambda _, at: link_fault(at)),
    never(
        "levels",
        lambda one: "" in one.levels,
        "an empty word names no level",
        "take it away",
    ),
    *in_section("saml", lambda one: one.saml, _LIST_RULES),
    *in_section("saml", lambda one: one.saml, SPOKEN_RULES),
)
