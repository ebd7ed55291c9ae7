"""Our own certificates: asking an authority for one, importing it, moving its date, and who knows
it. What a command and a screen show alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from keys import certificate_import, certificate_request, revocation
from keys.certificate_import import Imported
from keys.certificate_readers import CertificateReader, Reader, all_readers
from keys.certificate_request import CertificateRequest
from keys.certificates import fingerprint, from_pem, is_of_an_authority
from keys.rotation import live_keys, record_date, rotate_due
from keys.saml_keys import SIGNING, OwnRole
from keys.sealing import Sealer
from keys.signing_key import KeyState, KeyUse, SigningKey
from state.registrations import raise_revision


class NoDate(Exception):
    """The day cannot be the one from which a certificate is used; the message says why."""


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate of ours; ``fingerprint`` is its KeyName. A key that waits for one has none."""

    kid: str
    use: KeyUse
    state: KeyState
    activates_at: datetime | None
    fingerprint: str | None
    subject: str | None
    issuer: str | None
    begin: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class PartyReads:
    """A makelaar or portal: when its address was read with the current certificate last, and with
    the next one first; None: never. ``by_browser``: the next one was read by a browser alone.
    """

    role: OwnRole
    party: str
    current_at: datetime | None
    next_at: datetime | None
    by_browser: bool


def own_certificates(session: Session) -> tuple[OwnCertificate, ...]:
    """Every one in use, and the keys that wait for theirs."""
    order = tuple(KeyUse)
    found = [
        _shown(row)
        for row in live_keys(session)
        if row.certificate is not None or row.state is KeyState.REQUESTED
    ]
    return tuple(sorted(found, key=lambda one: (order.index(one.use), one.state)))


def request(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    subject: str,
    *,
    bits: int,
    actor: Actor,
    now: datetime,
) -> CertificateRequest:
    """With the transaction of the caller. Raises RequestRefused, WrongMasterKey."""
    return certificate_request.request_certificate(
        session, sealer, use, subject, now, bits=bits, by=actor.person_id
    )


def import_(
    session: Session,
    sealer: Sealer,
    use: KeyUse,
    chain_pem: str,
    used_from: datetime,
    *,
    key_pem: bytes | None,
    password: bytes | None,
    actor: Actor,
    now: datetime,
) -> Imported:
    """With the transaction of the caller. Raises ImportRefused, NextKeyExists, WrongMasterKey."""
    done = certificate_import.import_certificate(
        session,
        sealer,
        use,
        chain_pem,
        now,
        used_from,
        key_pem=key_pem,
        password=password,
        by=actor.person_id,
    )
    raise_revision(session)
    return done


def use_from(
    session: Session, kid: str, used_from: datetime, *, actor: Actor, now: datetime
) -> SigningKey:
    """Move the day from which a next key is used, with the transaction of the caller. Raises
    NoSuchKey, NoDate.
    """
    rotate_due(session, now, retires=False)
    key = revocation.find(session, kid)
    if key.state is not KeyState.NEXT:
        raise NoDate(f"the key is {key.state}: only the day of a next key can be moved")
    if key.certificate is not None:
        certificate = from_pem(key.certificate)
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not begin <= max(used_from, now) < end:
            raise NoDate(f"its certificate is valid from {begin:%Y-%m-%d} until {end:%Y-%m-%d}")
    record_date(session, key, max(used_from, now), now, by=actor.person_id)
    raise_revision(session)
    return key


def reads(session: Session, parties: Mapping[OwnRole, Collection[str]]) -> tuple[PartyReads, ...]:
    """Each of these parties, with what its address was read with; those that never did too."""
    keys, rows = live_keys(session), all_readers(session)
    return tuple(
        _reads(role, party, keys, rows)
        for role, known in parties.items()
        for party in sorted(known)
    )


def _reads(
    role: OwnRole, party: str, keys: Sequence[SigningKey], rows: Sequence[CertificateReader]
) -> PartyReads:
    kids = {key.state: key.kid for key in keys if key.use is SIGNING[role]}
    ours = [row for row in rows if (row.role, row.party) == (role, party)]
    current = [row.last_at for row in ours if row.kid == kids.get(KeyState.ACTIVE)]
    following = [row for row in ours if row.kid == kids.get(KeyState.NEXT)]
    return PartyReads(
        role=role,
        party=party,
        current_at=max(current, default=None),
        next_at=min((row.first_at for row in following), default=None),
        by_browser=bool(following) and all(row.reader is Reader.BROWSER for row in following),
    )


def _shown(row: SigningKey) -> OwnCertificate:
    certificate = from_pem(row.certificate) if row.certificate is not None else None
    issued = certificate is not None and is_of_an_authority(certificate)
    return OwnCertificate(
        kid=row.kid,
        use=row.use,
        state=row.state,
        activates_at=row.activates_at if row.state is KeyState.NEXT else None,
        fingerprint=fingerprint(certificate) if certificate else None,
        subject=certificate.subject.rfc4514_string() if certificate else None,
        issuer=certificate.issuer.rfc4514_string() if certificate and issued else None,
        begin=certificate.not_valid_before_utc if certificate else None,
        end=certificate.not_valid_after_utc if certificate else None,
    )
