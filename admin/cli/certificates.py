"""``sluis keys request``, ``import``, ``date`` and ``certificates``, told in lines."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from admin.actor import COMMAND_LINE
from admin.cli.columns import aligned
from admin.cli.installation import opened
from admin.keys import certificates
from admin.keys.certificate_alarms import in_alarm, own_endings
from admin.keys.certificates import OwnCertificate, PartyReads
from admin.keys.policy import policy_of
from admin.registrations.saml_parties import saml_parties
from broker.settings import Settings
from keys import certificate_request
from keys.certificate_ends import EndingCertificate
from keys.signing_key import KeyUse
from state.db import writing

SHOWN = 12  # characters of an id or a fingerprint in a line for people
_OURS = ("use", "id", "fingerprint", "state", "used from", "valid until", "issuer")
_THEIRS = ("role", "party", "current read", "next read")


def request_lines(
    settings: Settings, use: str, subject: str, *, bits: int, again: bool
) -> list[str]:
    """The request in PEM, with nothing around it. Raises RequestRefused."""
    with opened(settings) as at:
        if again:
            made = certificate_request.again(at.session, at.sealer, KeyUse(use), subject)
        else:
            sealer = at.sealer
            with writing(at.session) as sql:
                made = certificates.request(
                    sql, sealer, KeyUse(use), subject, bits=bits, actor=COMMAND_LINE, now=at.now
                )
    return made.pem.splitlines()


def needs_password(key: Path) -> bool:
    """A private key in PEM that is encrypted (PKCS #8, or as OpenSSL wrote it before)."""
    return b"ENCRYPTED" in key.read_bytes()


def import_lines(
    settings: Settings,
    use: str,
    certificate: Path,
    key: Path | None,
    password: str | None,
    used_from: datetime | None,
) -> list[str]:
    """What was taken. Raises ImportRefused, NextKeyExists."""
    with opened(settings) as at:
        sealer = at.sealer
        default = at.now + policy_of(settings).publish_of(KeyUse(use))
        with writing(at.session) as sql:
            done = certificates.import_(
                sql,
                sealer,
                KeyUse(use),
                certificate.read_text(encoding="ascii", errors="replace"),
                max(used_from or default, at.now),
                key_pem=key.read_bytes() if key is not None else None,
                password=password.encode() if password is not None else None,
                actor=COMMAND_LINE,
                now=at.now,
            )
    if done.active:
        return [f"{use}: {done.kid[:SHOWN]} is used from now on; there was none before."]
    shown = f"{use}: {done.kid[:SHOWN]} is published, is used from {_day(done.activates_at)}."
    return [shown, "Who read it: sluis keys certificates"]


def use_from_lines(settings: Settings, kid: str, day: datetime) -> list[str]:
    """What was changed. Raises NoSuchKey, NoDate."""
    with opened(settings) as at, writing(at.session) as sql:
        key = certificates.use_from(sql, kid, day, actor=COMMAND_LINE, now=at.now)
        return [f"{key.use}: {key.kid[:SHOWN]} is used from {_day(key.activates_at)}."]


def certificate_lines(settings: Settings, *, as_json: bool) -> list[str]:
    """Our certificates, those that end soon, and what each makelaar and portal read."""
    with opened(settings) as at:
        ours = certificates.own_certificates(at.session)
        endings = in_alarm(own_endings(at.session, at.now))
        theirs = certificates.reads(at.session, saml_parties(at.session))
    if as_json:
        document = {
            "certificates": [asdict(one) for one in ours],
            "ending": [asdict(one) for one in endings],
            "parties": [asdict(one) for one in theirs],
        }
        return [json.dumps(document, indent=2, default=_in_json)]
    lines = aligned([_OURS, *(_as_ours(one) for one in ours)])
    lines += [f"! {_as_ending(one)}" for one in endings]
    if theirs:
        lines += ["", *aligned([_THEIRS, *(_as_theirs(one) for one in theirs)])]
    return lines


def _as_ours(one: OwnCertificate) -> tuple[str, ...]:
    print_ = one.fingerprint[:SHOWN] if one.fingerprint else "-"
    return (
        *(str(one.use), one.kid[:SHOWN], print_, str(one.state)),
        *(_day(one.activates_at), _day(one.end), one.issuer or "ourselves"),
    )


def _as_ending(one: EndingCertificate) -> str:
    when = f"ends in {one.days} days" if one.days >= 0 else "has ended"
    follows = "the next one comes too late" if one.next_from else "there is no next one"
    return f"{one.use} {one.kid[:SHOWN]} {when} ({_day(one.end)}), and {follows}"


def _as_theirs(one: PartyReads) -> tuple[str, ...]:
    following = _day(one.next_at) + (" (by a browser)" if one.by_browser else "")
    return (str(one.role), one.party, _day(one.current_at), following)


def _day(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d") if moment is not None else "-"


def _in_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
