"""``sluis otp`` and ``sluis factor``: the stock of devices, letters and resets, told in lines. No
command prints a seed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admin.actor import COMMAND_LINE
from admin.cli.columns import aligned
from admin.cli.installation import opened
from admin.cli.process import process_at
from admin.factor_resets import emergency
from admin.factor_resets.emergency import Answers, EmergencyRefusal, EmergencyRefused
from admin.factors import devices, letters
from admin.factors.letters import AddressRefused, NoFactorWaits, SeveralWait
from assurance.devices import DeviceRefused, Listed
from assurance.devices import listed as listed_devices
from assurance.enrolment import OwnFactor
from assurance.pskc import PskcRefused
from broker.settings import Settings
from broker.texts.quoting import one_line
from directory.dates import day_of
from directory.people import NoSuchPerson
from state.clock import utc_now
from state.db import writing


class FactorCommandRefused(Exception):
    """The command cannot be done; the message says why and what to do."""


def import_devices(settings: Settings, path: Path, key_file: Path | None) -> list[str]:
    """Lines to print. Raises FactorCommandRefused."""
    raw, key = path.read_bytes(), _key(key_file)
    with opened(settings) as at, writing(at.session) as session:
        try:
            done = devices.take_into_stock(
                session, at.sealer, raw, key, actor=COMMAND_LINE, now=at.now
            )
        except PskcRefused as refused:
            raise FactorCommandRefused(str(refused)) from None
    lines = [
        f"{done.fresh} device(s) imported" + (f", {done.known} known already" if done.known else "")
    ]
    if not done.is_sealed:
        lines.append(
            "Warning: the seeds in this file are not encrypted. Destroy the file and its copies; "
            "ask the supplier for encrypted PSKC."
        )
    return lines


def list_devices(settings: Settings) -> list[str]:
    """Lines to print: every device that is known, and who has it."""
    with opened(settings) as at:
        found = listed_devices(at.session)
    if not found:
        return ["No devices. Take a delivery into stock: sluis otp import --help"]
    return aligned([("Serial number", "Code", "Holder"), *map(_of_device, found)])


def assign_device(settings: Settings, serial: str, person_id: str) -> str:
    """A line to print. Raises FactorCommandRefused."""
    with _refusals(), opened(settings) as at, writing(at.session) as session:
        try:
            devices.assign(
                session,
                at.sealer,
                settings.base_url,
                serial,
                person_id,
                actor=COMMAND_LINE,
                now=at.now,
            )
        except DeviceRefused as refused:
            raise FactorCommandRefused(
                f"{serial}: no such device in stock; see sluis otp list"
                if refused.reason == "unknown"
                else f"{serial}: it is bound already; see sluis otp list"
            ) from None
    return f"{serial} is bound to {person_id}"


def send_letter(
    settings: Settings, person_id: str, address: str, factor_id: str | None
) -> list[str]:
    """Lines to print. Raises FactorCommandRefused."""
    with _refusals(), opened(settings) as at, writing(at.session) as session:
        sent = letters.send(
            session,
            at.sealer,
            settings.base_url,
            person_id,
            address,
            factor_id,
            actor=COMMAND_LINE,
            now=at.now,
        )
    return [
        f"a letter for the factor {_told(sent.factor)} of {person_id} waits in the outbox",
        f"its code works {sent.days} days, at /mijn/inlogmiddelen",
    ]


def reset_factors(settings: Settings, person_id: str, by: str, approved_by: str) -> str:
    """A line to print. Raises FactorCommandRefused."""
    answers = Answers(by, approved_by)
    with _refusals(), process_at(settings) as process, process.sessions() as sql, writing(sql):
        try:
            ended = emergency.reset(
                sql, process, person_id, answers, actor=COMMAND_LINE, now=utc_now()
            )
        except EmergencyRefused as refused:
            raise FactorCommandRefused(
                f"{refused.who} is no administrator of an organisation of {person_id}"
                if refused.why is EmergencyRefusal.NO_ADMINISTRATOR
                else "three different people: the person, who asks, who approves"
            ) from None
    return f"{ended} factor(s) of {person_id} ended, and every session"


@contextmanager
def _refusals() -> Iterator[None]:
    """What stands in the way of more than one command, in words."""
    try:
        yield
    except NoSuchPerson as unknown:
        raise FactorCommandRefused(f"{unknown}: no such person") from None
    except AddressRefused:
        raise FactorCommandRefused(
            "--address is one line: name, street, postcode and place"
        ) from None
    except SeveralWait as several:
        known = "".join(f"\n  {one.id}  {_told(one)}" for one in several.waiting)
        raise FactorCommandRefused(
            "several factors wait for a letter, and somebody else may have added one: ask this "
            f"person which it is, and name it with --factor{known}"
        ) from None
    except NoFactorWaits as none:
        raise FactorCommandRefused(f"{none} has no such factor that waits for a letter") from None


def _key(path: Path | None) -> bytes | None:
    """16 or 32 bytes: hexadecimal, base64 or as they are."""
    if path is None:
        return None
    raw = path.read_bytes()
    text = raw.strip()
    for decode in (binascii.unhexlify, lambda value: base64.b64decode(value, validate=True)):
        try:
            key = bytes(decode(text))
        except (ValueError, binascii.Error):
            continue
        if len(key) in (16, 32):
            return key
    if len(raw) in (16, 32):
        return raw
    raise FactorCommandRefused(f"{path}: a key has 16 or 32 bytes, in hexadecimal or base64")


def _told(factor: OwnFactor) -> str:
    """``totp "Work phone", added on 2026-03-04``: the day as in the letter."""
    label = f' "{one_line(factor.label)}"' if factor.label else ""
    return f"{factor.kind}{label}, added on {day_of(factor.bound_at)}"


def _of_device(one: Listed) -> tuple[str, str, str]:
    made = one.parameters
    code = f"{made.digits} digits, {made.period} s, {made.algorithm}"
    if one.person_id is None:
        return one.serial, code, "free"
    return one.serial, code, one.person_id + ("" if one.in_stock else ", from a document")
