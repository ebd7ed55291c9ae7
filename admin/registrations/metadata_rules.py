"""What a registration may say of where metadata come from, for makelaars and portals alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from admin.registrations.rule import Breach, Rule, called, never
from directory.saml_metadata import MetadataSettings
from keys.certificates import chain_from_pem
from state.outgoing import OutgoingClient

M = TypeVar("M")


def _certificate(settings: MetadataSettings, _: OutgoingClient) -> Iterator[Breach]:
    if settings.metadata_signing_certificate is None:
        return
    try:
        chain_from_pem(settings.metadata_signing_certificate)
    except ValueError:
        yield Breach(
            "metadata_signing_certificate",
            "it cannot be read as a certificate",
            "paste it whole, from -----BEGIN CERTIFICATE----- on",
        )


def _names_a_signer(settings: MetadataSettings) -> bool:
    return bool(settings.metadata_signing_certificate or settings.metadata_signing_fingerprints)


_RULES: Final[tuple[Rule[MetadataSettings], ...]] = (
    called("metadata_url", lambda settings: settings.metadata_url),
    called("metadata_query", lambda settings: settings.metadata_query),
    never(
        "metadata_query",
        lambda settings: settings.metadata_query is not None and settings.metadata_url is not None,
        "metadata_url stands beside it, and which of the two holds is not said",
        "keep one of them",
    ),
    never(
        "metadata_query",
        lambda settings: any(sign in (settings.metadata_query or "") for sign in "?#"),
        "it is no base address: the name of the entity comes behind it",
        "write what stands before /entities/",
    ),
    Rule("metadata_signing_certificate", _certificate),
    never(
        "metadata_trust_tls",
        lambda settings: settings.metadata_trust_tls and _names_a_signer(settings),
        "metadata that the registered certificate did not sign are refused, so it does nothing",
        "take it away, or the certificate",
    ),
    never(
        "metadata_trust_tls",
        lambda settings: settings.metadata_trust_tls and not settings.follows_metadata,
        "there is no address that could be trusted",
        "take it away, or write metadata_url",
    ),
)


def metadata_rules(of: Callable[[M], MetadataSettings | None]) -> tuple[Rule[M], ...]:
    """The rules, for registrations that have these settings in their section ``saml``."""
    return tuple(_lifted(of, rule) for rule in _RULES)


def left_out(what: Sequence[str]) -> Iterator[Breach]:
    """What metadata hold and is never used, told as warnings."""
    for one in what:
        yield Breach(
            "saml.metadata",
            f"{one}: it is never used",
            "let the party mend it, or take it out of its metadata",
            warns=True,
        )


def _lifted(of: Callable[[M], MetadataSettings | None], rule: Rule[MetadataSettings]) -> Rule[M]:
    def look(model: M, calls: OutgoingClient) -> Iterator[Breach]:
        settings = of(model)
        for one in rule.look(settings, calls) if settings is not None else ():
            yield replace(one, field=f"saml.{one.field}")

    return Rule(f"saml.{rule.field}", look)
