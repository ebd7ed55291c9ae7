"""``sluis metadata``: how it stands with the metadata of parties, told in lines of at most 80
columns; looked at out of turn, and approved.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import force_locale
from flask_babel import gettext as _

from admin.actor import COMMAND_LINE
from admin.cli.installation import opened
from admin.cli.process import process_at
from admin.metadata import approval, asking, status
from admin.metadata.looks import Look
from admin.metadata.status import PartyStatus
from broker.outgoing import outgoing_client
from broker.settings import Settings
from broker.texts import metadata_words
from broker.texts.outside_request import texts
from providers.saml.wire.metadata_changes import MetadataChanges, MetadataVerdict
from state.db import writing
from state.registrations import Kind

WIDTH: Final = 80
_MOST_TOLD: Final = 10  # entities that were left out; with --json all that are kept
WORDS: Final = {"makelaar": Kind.IDENTITY_PROVIDER, "portal": Kind.CLIENT}


class NoSuchParty(Exception):
    """No party with SAML metadata has this name; or a makelaar and a portal both have it."""


@dataclass(frozen=True)
class ToldMetadata:
    """Lines to print; ``is_well``: nothing asks for an operator."""

    lines: list[str]
    is_well: bool


def tell_status(
    settings: Settings, names: Collection[str], language: str, *, as_json: bool
) -> ToldMetadata:
    """Of these, or of all. Raises NoSuchParty."""
    with opened(settings) as at, texts(), force_locale(language):
        found = status.statuses(at.session, names)
        _check_names(names, found)
        is_well = all(one.is_well(at.now) for one in found)
        if as_json:
            return ToldMetadata([json.dumps([_fields(one) for one in found], indent=2)], is_well)
        lines = [line for one in found for line in _lines(one)]
        return ToldMetadata(lines or [_("Geen makelaar en geen portaal heeft metadata.")], is_well)


def look_now(settings: Settings, names: Collection[str], language: str) -> ToldMetadata:
    """Look at the addresses of these, or of all, due or not. Raises NoSuchParty."""
    with process_at(settings) as process, texts(), force_locale(language):
        with process.sessions() as session:
            found = status.statuses(session, names)
        _check_names(names, found)
        followed = [(one.kind, one.name) for one in found if one.address is not None]
        looks = asking.look_now(process, followed, actor=COMMAND_LINE)
        lines = [line for look in looks for line in _of_look(look)]
        if not followed:
            lines = [_("Van geen van deze is een adres van metadata geregistreerd.")]
        bad = (MetadataVerdict.REFUSED, MetadataVerdict.WAITS)
        is_well = len(looks) == len(followed) and all(
            look.judgement.verdict not in bad for look in looks
        )
        return ToldMetadata(lines, is_well)


def what_waits(settings: Settings, name: str, kind: str | None, language: str) -> PartyStatus:
    """The party, with what waits of it. Raises NoSuchParty and NothingWaits."""
    with opened(settings) as at, texts(), force_locale(language):
        found = [
            one
            for one in status.statuses(at.session, [name])
            if kind is None or one.kind is WORDS[kind]
        ]
    if len(found) > 1:
        found = [one for one in found if one.waiting is not None] or found
    if len(found) != 1:
        raise NoSuchParty(name)
    if found[0].waiting is None:
        raise approval.NothingWaits
    return found[0]


def shown(party: PartyStatus, language: str) -> list[str]:
    """What would be approved."""
    with texts(), force_locale(language):
        return list(_lines(party))


def approve(
    settings: Settings, party: PartyStatus, language: str, *, because: str = ""
) -> list[str]:
    """Take what was shown. Raises NothingWaits, CannotBeTaken and ReasonMissing."""
    assert party.waiting is not None
    with opened(settings) as at, writing(at.session) as session:
        approval.approve(
            session,
            party.kind,
            party.name,
            digest=party.waiting.digest,
            actor=COMMAND_LINE,
            now=at.now,
            check=outgoing_client(settings).check,
            because=because,
        )
    with texts(), force_locale(language):
        return _wrapped(_("Overgenomen: logins gaan er binnen een minuut van uit."), "")


def reject(settings: Settings, party: PartyStatus, language: str, *, because: str) -> list[str]:
    """Do not take what was shown. Raises NothingWaits and ReasonMissing."""
    assert party.waiting is not None
    with opened(settings) as at, writing(at.session) as session:
        approval.reject(
            session,
            party.kind,
            party.name,
            digest=party.waiting.digest,
            actor=COMMAND_LINE,
            now=at.now,
            because=because,
        )
    with texts(), force_locale(language):
        return _wrapped(
            _("Afgewezen: wat in gebruik is, blijft. Hetzelfde wacht niet nog een keer."), ""
        )


def reconsider(settings: Settings, name: str, kind: str | None, language: str) -> list[str]:
    """What was rejected waits again. Raises NoSuchParty and NothingWaits."""
    with opened(settings) as at:
        found = [
            one
            for one in status.statuses(at.session, [name])
            if kind is None or one.kind is WORDS[kind]
        ]
        if len(found) > 1:
            found = [one for one in found if one.rejected is not None] or found
        if len(found) != 1:
            raise NoSuchParty(name)
        with writing(at.session) as session:
            approval.reconsider(session, found[0].kind, name, actor=COMMAND_LINE, now=at.now)
    with texts(), force_locale(language):
        return _wrapped(_("Het wacht weer op goedkeuring."), "")


def _check_names(names: Collection[str], found: list[PartyStatus]) -> None:
    for name in names:
        if all(one.name != name for one in found):
            raise NoSuchParty(name)


def _lines(one: PartyStatus) -> Iterator[str]:
    yield from _wrapped(f"{one.name}  {metadata_words.kind(one.kind)}", "")
    if one.address is None:
        yield from _wrapped(_("Uit de registratie zelf; sluis apply vervangt ze."), "  ")
    else:
        yield f"  {_printable(one.address)}"  # whole, so that it can be copied
        yield from _wrapped(metadata_words.voucher(one.voucher), "  ")
        yield from _wrapped(_looked(one), "  ")
    if one.kind is Kind.FEDERATION:
        yield from _of_list(one)
    if one.ends_at is not None:
        yield from _wrapped(_("Eindigt: %(at)s", at=_moment(one.ends_at)), "  ")
    for key in one.keys:
        yield from _wrapped(metadata_words.key(key), "  ")
    if one.failing is not None:
        told = _(
            "Mislukt sinds %(since)s, %(number)d keer: %(trouble)s (%(reason)s)",
            since=_moment(one.failing.since),
            number=one.failing.number,
            trouble=one.failing.trouble,
            reason=one.failing.reason,
        )
        yield from _wrapped(f"! {told}", "  ")
    if one.waiting is not None:
        why = metadata_words.why_it_waits(one.waiting.reason)
        told = _("Wacht sinds %(since)s. %(why)s", since=_moment(one.waiting.since), why=why)
        yield from _wrapped(f"! {told}", "  ")
        yield from _changes(one.waiting.changes)
    if one.rejected is not None:
        at = _moment(one.rejected.at)
        yield from _wrapped(_("Afgewezen op %(at)s, en nog niet anders:", at=at), "  ")
        yield from _changes(one.rejected.changes)


def _of_list(one: PartyStatus) -> Iterator[str]:
    """How many makelaars, and why the first of those that were left out are."""
    if one.listed is None:
        yield from _wrapped("! " + _("Er geldt nog geen lijst van deze federatie."), "  ")
        return
    told = _("Makelaars: %(number)d", number=one.listed.members)
    if one.listed.left_out:
        told = _(
            "Makelaars: %(number)d; overgeslagen: %(left_out)d",
            number=one.listed.members,
            left_out=one.listed.left_out,
        )
    yield from _wrapped(told, "  ")
    for each in one.listed.left_out_first[:_MOST_TOLD]:
        yield from _wrapped(f"{each.entity_id}: {each.told} ({each.reason})", "    ")


def _looked(one: PartyStatus) -> str:
    never = _("nog niet")
    return _(
        "Gelukt: %(checked)s; weer: %(due)s",
        checked=_moment(one.checked_at) if one.checked_at is not None else never,
        due=_moment(one.due_at) if one.due_at is not None else never,
    )


def _of_look(look: Look) -> Iterator[str]:
    told = f"{look.name}  {metadata_words.verdict(look.judgement.verdict)}"
    if look.trouble:
        told = f"{told}: {look.trouble} ({look.judgement.reason})"
    yield from _wrapped(told, "")
    if look.judgement.verdict in (MetadataVerdict.TAKEN, MetadataVerdict.WAITS):
        yield from _changes(look.judgement.changes)
    if look.listed is not None:
        counted = _(
            "Makelaars: %(number)d, nieuw: %(added)d, veranderd: %(changed)d, weg: %(removed)d, "
            "overgeslagen: %(left_out)d",
            number=look.listed.members,
            added=look.listed.added,
            changed=look.listed.changed,
            removed=look.listed.removed,
            left_out=look.listed.left_out,
        )
        yield from _wrapped(counted, "  ")


def _changes(changes: MetadataChanges) -> Iterator[str]:
    for sign, keys in (("-", changes.keys_removed), ("+", changes.keys_added)):
        for key in keys:
            yield from _wrapped(f"{sign} {metadata_words.key(key)}", "    ")
    for sign, addresses in (("-", changes.addresses_removed), ("+", changes.addresses_added)):
        for address in addresses:
            binding = address.binding.rpartition(":")[2]
            parts = (sign, address.service, binding, address.location, address.more)
            yield from _wrapped(" ".join(part for part in parts if part), "    ")
    for name, was, becomes in changes.words:
        yield from _wrapped(f"- {name}: {was or '-'}", "    ")
        yield from _wrapped(f"+ {name}: {becomes or '-'}", "    ")


def _wrapped(text: str, indent: str) -> list[str]:
    """What a party wrote among it stays one line of text, however long it is."""
    return textwrap.wrap(
        _printable(" ".join(text.split(" "))),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _fields(one: PartyStatus) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "name": one.name,
        "address": one.address,
        "voucher": str(one.voucher),
        "ends_at": _iso(one.ends_at),
        "checked_at": _iso(one.checked_at),
        "due_at": _iso(one.due_at),
        "keys": [
            {
                "use": key.use,
                "sha256": key.fingerprint,
                "from": _iso(key.not_before),
                "until": _iso(key.not_after),
            }
            for key in one.keys
        ],
        "failing": None
        if one.failing is None
        else {
            "since": _iso(one.failing.since),
            "times": one.failing.number,
            "reason": one.failing.reason,
            "trouble": one.failing.trouble,
        },
        "listed": asdict(one.listed) if one.listed is not None else None,
        "waiting": None
        if one.waiting is None
        else {
            "since": _iso(one.waiting.since),
            "reason": one.waiting.reason,
            "keys_added": [key.fingerprint for key in one.waiting.changes.keys_added],
            "keys_removed": [key.fingerprint for key in one.waiting.changes.keys_removed],
            "addresses_added": [a.location for a in one.waiting.changes.addresses_added],
            "addresses_removed": [a.location for a in one.waiting.changes.addresses_removed],
            "words": [list(word) for word in one.waiting.changes.words],
        },
        "rejected": None if one.rejected is None else {"at": _iso(one.rejected.at)},
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
