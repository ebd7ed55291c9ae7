"""Checks of an installation from outside the broker: what was seen, and what to do about it."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin import presence
from admin.installation import Installation
from admin.keys.certificate_alarms import in_alarm, own_endings
from admin.operations import jobs_turn, lease, metadata_checks
from admin.operations.finding import TABLES, Check, Finding, Seen, findings
from admin.virus_scan.scanner import ScannerDown, make_scanner
from broker.configuration import registered
from broker.monitoring import clocks, heartbeat
from broker.outgoing import way_out
from broker.settings import SettingsError
from keys import resealing
from keys.keyring import KeyUse, load_keyring
from keys.master_key_file import load_master_keys, load_sealer
from keys.rotation import missing
from keys.signing_key import KeyState
from providers.registry import ProviderRecord
from providers.saml.metadata import read_metadata
from providers.saml.metadata_party import in_use
from state import migrate, outbox, outbox_queries, party_metadata
from state.adapters.failures import explained
from state.addresses import is_loopback_literal
from state.clock import utc_now
from state.registrations import Kind, all_registrations, read_as
from state.stores import make_store

ENDS_SOON: Final = timedelta(days=30)
STUCK: Final = timedelta(minutes=10)
LEAST_FREE: Final = 500_000_000  # bytes
LEAST_TEMPORARY: Final = 20_000_000  # bytes
LEAST_FILES: Final = 1000
REDIS_SECONDS: Final = 2.0


def _master_key(at: Installation) -> Seen:
    path = at.settings.keys.master_key_file
    keys = load_master_keys(path)
    half_way = (
        f"; it holds {len(keys.keys)} keys: a rotation is half-way, see sluis keys master status"
        if len(keys.keys) > 1
        else ""
    )
    return True, f"{path}, key {keys.active.id}{half_way}"


def _sealed(at: Installation) -> Seen:
    """Nothing lies under a key that is gone, or was never here."""
    known = {key.id for key in load_master_keys(at.settings.keys.master_key_file).keys}
    with Session(at.engine) as session:
        by_key = sum(resealing.counted(session).values(), start=Counter())
    strange = {key_id: number for key_id, number in by_key.items() if key_id not in known}
    told = ", ".join(f"{number} under {key_id}" for key_id, number in sorted(strange.items()))
    return not strange, told or f"{by_key.total()} values, all under keys of the file"


def _database(at: Installation) -> Seen:
    with at.engine.connect() as connection:
        return connection.scalar(text("SELECT 1")) == 1, at.engine.dialect.name


def _schema(at: Installation) -> Seen:
    found, wanted = migrate.current(at.engine), migrate.newest()
    return found == wanted, f"version {found or 'none'}, this program has {wanted}"


def _store(at: Installation) -> Seen:
    url = at.settings.store.url
    make_store(url, at.engine, lambda: at.now).ping()
    return True, url.partition(":")[0]


def _eviction(at: Installation) -> Seen:
    url = at.settings.store.url
    if not url.startswith(("redis", "unix")):
        return True, "the store is not Redis, so nothing is thrown out of it"
    with Redis.from_url(
        url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    ) as redis:
        policy = dict(redis.info("memory")).get("maxmemory_policy")
    return policy == "noeviction", f"maxmemory-policy {policy}"


def store_needs_password(url: str) -> Seen:
    """Does whoever reaches the store have to know something? One on this machine may do without."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("redis"):
        return True, "the store is not Redis on another machine"
    if parts.password:
        return True, "with a password"
    host = parts.hostname or "localhost"
    is_here = host == "localhost" or is_loopback_literal(host)
    return is_here, f"no password, on {'this' if is_here else 'another'} machine"


def _keys(at: Installation) -> Seen:
    """Opening them also proves that the master key is that of this database."""
    sealer = load_sealer(at.settings.keys.master_key_file)
    with Session(at.engine) as session:
        ring = load_keyring(session, sealer)
        ring.active(KeyUse.OIDC_SIGNING, "RS256")
        ring.active(KeyUse.SAML_SIGNING, "RSA")
        ring.active(KeyUse.SAML_IDP_SIGNING, "RSA")
        lacking = ", ".join(f"{use} {algorithm}" for use, algorithm in missing(session, sealer))
    made = f"; the next start makes {lacking}" if lacking else ""
    return True, f"{sum(key.state is KeyState.ACTIVE for key in ring.keys)} active{made}"


def _registrations(at: Installation) -> Seen:
    """As a process reads them when it starts."""
    with Session(at.engine) as session:
        found = [registered(row) for row in all_registrations(session)]
    return True, f"{len(found)} read"


def _certificates(at: Installation) -> Seen:
    ends: dict[str, datetime] = {}
    with Session(at.engine) as session:
        copies = party_metadata.copies(session)
        for row in all_registrations(session):
            if row.kind is not Kind.IDENTITY_PROVIDER:
                continue
            record = in_use(read_as(row, ProviderRecord), copies)
            if record.saml is not None and record.saml.metadata is not None:
                read = read_metadata(record.saml.metadata, entity_id=record.saml.entity_id)
                ends[record.id] = max(found.not_valid_after_utc for found in read.signing)
                if read.valid_until is not None:
                    ends[f"the metadata of {record.id}"] = read.valid_until
    return certificates_last(ends, at.now)


def _own_certificates(at: Installation) -> Seen:
    with Session(at.engine) as session:
        found = own_endings(session, at.now)
    told = [
        f"{one.use} until {one.end:%Y-%m-%d}"
        + (f", the next from {one.next_from:%Y-%m-%d}" if one.next_from else ", no next one")
        for one in in_alarm(found)
    ]
    nearest = f"{len(found)}, the first ends on {found[0].end:%Y-%m-%d}" if found else "none"
    return not told, "; ".join(told) or nearest


def certificates_last(ends: dict[str, datetime], now: datetime) -> Seen:
    """Owner → end of the last certificate: does each last long enough?"""
    soon = [f"{who} until {end:%Y-%m-%d}" for who, end in ends.items() if end - now <= ENDS_SOON]
    return not soon, ", ".join(soon) or f"{len(ends)}, none ends within {ENDS_SOON.days} days"


def _clock(at: Installation) -> Seen:
    store = make_store(at.settings.store.url, at.engine, utc_now)
    with Session(at.engine) as session:
        found = clocks.measure(session, store, utc_now)
    told = [f"{seen.total_seconds():+.1f} s from the {name}" for name, seen in found.items()]
    return not clocks.differ(found), ", ".join(told) or "there is no clock but that of this machine"


def _worker(at: Installation) -> Seen:
    """A store in the memory of the server tells nobody else."""
    store = make_store(at.settings.store.url, at.engine, utc_now)
    seen = heartbeat.last_beat(store)
    if seen is None:
        running = len(presence.seen(store, at.now))
        return not running, f"none was ever seen, and {running} process(es) run"
    does_jobs = lease.holder(store, jobs_turn.LEASE)
    jobs = f"jobs by {does_jobs}" if does_jobs else "nobody does jobs now"
    said = f"last seen at {seen:%Y-%m-%d %H:%M:%S} UTC, {jobs}"
    return not heartbeat.is_silent(seen, at.now), said


def _mail(at: Installation) -> Seen:
    adapter = at.settings.mail.adapter
    return adapter != "none", f"mail.adapter {adapter}"


def _sms(at: Installation) -> Seen:
    """Who has no text messages is well, unless somebody waits for one."""
    return _optional(at, "sms", "sms", "no codes by SMS")


def _letters(at: Installation) -> Seen:
    return _optional(at, "letter", "letters", "no codes by letter")


def _optional(at: Installation, channel: str, section: str, without: str) -> Seen:
    adapter = getattr(at.settings, section).adapter
    if adapter != "none":
        return True, f"{section}.adapter {adapter}"
    with Session(at.engine) as session:
        number, _ = outbox.waiting(session).get(channel, (0, None))
    return not number, f"{section}.adapter none: {without}" + (
        f", and {number} waiting" if number else ""
    )


def _outbox(at: Installation) -> Seen:
    with Session(at.engine) as session:
        found = outbox.waiting(session)
        failing = outbox_queries.failing(session)
    number = sum(waiting for waiting, _ in found.values())
    oldest = min((since for _, since in found.values()), default=at.now)
    if not number:
        return True, "nothing waits"
    minutes = max(0, int((at.now - oldest).total_seconds() // 60))
    why = "".join(f"; {one.number} of {one.channel}: {explained(one.reason)}" for one in failing)
    return at.now - oldest <= STUCK, f"{number} waiting, the oldest {minutes} minutes{why}"


def _outgoing(at: Installation) -> Seen:
    """Whom calls may reach beyond the open internet, and how they leave. The files are read."""
    chosen = at.settings.outgoing
    try:
        way = way_out(at.settings)
    except SettingsError as error:
        return False, str(error)
    told = ["https at ports 443 and 8443 on the open internet"]
    if chosen.allow:
        told.append(f"outgoing.allow: {', '.join(chosen.allow)}")
    if way.proxy is not None:
        looks_up = "which looks names up" if way.proxy.resolves else "names are looked up here"
        around = f"; not for {', '.join(chosen.no_proxy)}" if chosen.no_proxy else ""
        told.append(f"through {way.proxy.url}, {looks_up}{around}")
    if chosen.ca_file is not None:
        told.append(f"authorities of the system and of {chosen.ca_file}")
    if at.settings.development.loopback:
        told.append(f"development.loopback: {', '.join(at.settings.development.loopback)}")
    return True, "; ".join(told)


def _disk(at: Installation) -> Seen:
    """Where the database is, if that is here, and where temporary files come."""
    file = at.engine.url.database
    is_here = at.engine.dialect.name == "sqlite" and file is not None
    found = [room(Path(str(file)).parent, LEAST_FREE)] if is_here else []
    try:
        found.append(room(Path(tempfile.gettempdir()), LEAST_TEMPORARY))
    except FileNotFoundError:  # it tries to write in each folder that it knows
        found.append((False, "no folder takes temporary files"))
    return all(well for well, _ in found), "; ".join(told for _, told in found)


def room(folder: Path, least: int) -> Seen:
    """Are so many bytes free there, and some files?"""
    there = os.statvfs(folder)
    free = there.f_bavail * there.f_frsize
    # Where no files are counted there may be as many as one likes.
    well = free > least and (not there.f_files or there.f_favail > LEAST_FILES)
    return well, f"{free // 1_000_000} MB and {there.f_favail} files free in {folder}"


def _identity_documents(at: Installation) -> Seen:
    """Who brings none needs no scanner."""
    chosen = at.settings.identity_documents
    if not chosen.asked:
        return True, "not asked"
    if chosen.scanner == "none":
        return False, "asked, and nobody looks for viruses in them"
    try:
        make_scanner(chosen).ping()
    except ScannerDown as down:
        return False, f"clamd at {chosen.clamd} does not answer ({down.reason}): none is taken"
    host = chosen.clamd.rpartition(":")[0].strip("[]")
    is_here = chosen.clamd.startswith("unix:") or host == "localhost" or is_loopback_literal(host)
    told = "" if is_here else ", to which they go unencrypted"
    return is_here, f"clamd at {chosen.clamd} answers{told}"


_OPENED: Final = ("master key", *TABLES)
CHECKS: Final = (
    Check("master key", _master_key, "put the key of this database back, with mode 600"),
    Check("database", _database, "start the database, or correct database.url"),
    Check("schema", _schema, "run: sluis migrate", ("database",)),
    Check("store", _store, "start the store, or correct store.url"),
    Check(
        "eviction",
        _eviction,
        "set maxmemory-policy noeviction in Redis",
        ("store",),
        is_of_redis=True,
    ),
    Check(
        "store password",
        lambda at: store_needs_password(at.settings.store.url),
        "give Redis a password, and store.url with it in a file (SLUIS__STORE__URL_FILE)",
    ),
    Check(
        "sealed",
        _sealed,
        "put back the file with these master keys; see sluis keys master status",
        _OPENED,
    ),
    Check(
        "keys",
        _keys,
        "run: sluis init, with the master key of this database",
        (*_OPENED, "sealed"),
    ),
    Check(
        "registrations",
        _registrations,
        "run the version of Sluis that wrote it, or a newer one",
        TABLES,
    ),
    Check("certificates", _certificates, "apply new metadata for makelaars", TABLES),
    Check("metadata", metadata_checks.look, metadata_checks.REMEDY, TABLES),
    Check(
        "own certificates",
        _own_certificates,
        "publish the next: sluis keys rotate --use USE, or request and import; certificates.md",
        TABLES,
    ),
    Check("clock", _clock, "set the clocks of all machines with NTP", ("database", "store")),
    Check(
        "worker",
        _worker,
        "start sluis worker, or sluis serve with worker.embedded",
        ("store", "clock"),
    ),
    Check("outgoing", _outgoing, "correct the section [outgoing] of the settings"),
    Check("mail", _mail, "set mail.adapter and mail.url"),
    Check("sms", _sms, "set sms.adapter and sms.url", TABLES),
    Check("letters", _letters, "set letters.adapter and letters.url", TABLES),
    Check(
        "identity documents",
        _identity_documents,
        'set identity_documents.scanner = "clamd", with clamd on this machine',
    ),
    Check(
        "outbox",
        _outbox,
        "look whether a worker runs, and at the service of the channel that is named (mail.url, "
        "sms.url, letters.url, or the portal)",
        (*TABLES, "clock"),
    ),
    Check(
        "disk",
        _disk,
        "make room there: 500 MB where the database is, and 20 MB for temporary files",
    ),
)


def examine(at: Installation) -> list[Finding]:
    """Every check, also where one before it failed. Raises nothing."""
    return findings(at, CHECKS)
