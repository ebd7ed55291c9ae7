"""What a registration may say of where metadata come from, for makelaars and portals alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from cryptography import x509

from admin.registrations.rule import Breach, Rule, called, never
from directory.saml_metadata import MetadataSettings
from keys.certificates import chain_from_pem
from state.outgoing import OutgoingClient

FOREWARNED: Final = timedelta(days=30)  # as long as `sluis doctor` tells it before
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


def ending(
    until: datetime | None, signing: Sequence[x509.Certificate], now: datetime
) -> Iterator[Breach]:
    """What ends soon of metadata in a file, which is read once, told as warnings: some products
    write a day or two ahead, for who reads them each day.
    """
    if until is not None and now < until < now + FOREWARNED:
        yield Breach(
            "saml.metadata",
            f"they are valid until {until:%Y-%m-%d}, and after that nobody can log in there",
            "let the party export them with a later validUntil, or name their metadata_url",
            warns=True,
        )
    if not signing or any(one.not_valid_before_utc <= now < _almost(one) for one in signing):
        return
    last = max(signing, key=lambda one: one.not_valid_after_utc)
    begin, end = last.not_valid_before_utc, last.not_valid_after_utc
    word = "begins" if begin > now else "ended" if end <= now else "ends"
    yield Breach(
        "saml.metadata",
        f"the last signing certificate in them {word} on "
        f"{begin if word == 'begins' else end:%Y-%m-%d}",
        "ask the party which one it signs with, and for metadata with that",
        warns=True,
    )


def _almost(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc - FOREWARNED


def _lifted(of: Callable[[M], MetadataSettings | None], rule: Rule[MetadataSettings]) -> Rule[M]:
    def look(model: M, calls: OutgoingClient) -> Iterator[Breach]:
        settings = of(model)
        for one in rule.look(settings, calls) if settings is not None else ():
            yield replace(one, field=f"saml.{one.field}")

    return Rule(f"saml.{rule.field}", look)
