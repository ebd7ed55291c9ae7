"""``sluis doctor``: what is well and what is not, with a remedy."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from admin import presence
from admin.cli import doctor
from admin.operations import checks
from admin.operations.checks import certificates_last, store_needs_password
from admin.operations.finding import Finding
from broker import settings
from broker.monitoring import heartbeat
from keys.master_key_file import create_master_key, load_sealer
from sandbox.prepare import Demo
from state.clock import utc_now
from state.db import writing
from state.outbox import Channel, Message, OutboxRow, enqueue
from state.stores.redis import RedisStore
from tests.admin.cli.conftest import Sluis
from tests.clamd import fake_clamd
from tests.servers import free_port, redis

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _problems(sluis: Sluis) -> set[str]:
    done = sluis("doctor", "--json")
    found = {one["check"] for one in json.loads(done.output) if one["verdict"] == "problem"}
    assert done.exit_code == (3 if found else 0)
    return found


@pytest.mark.usefixtures("registered")
def test_a_fresh_installation_is_well(sluis: Sluis) -> None:
    assert _problems(sluis) == set()
    lines = sluis("doctor").output.splitlines()
    assert not [line for line in lines if "problem" in line]
    assert lines[-1] == f"{len(lines) - 1} checks, all well."
    assert {"sms", "letters"} <= {line.split()[1] for line in lines}


def _open_to_others(key: Path) -> None:
    key.chmod(0o644)


def _another_key(key: Path) -> None:
    key.unlink()
    create_master_key(key)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("harm", "problems"),
    [
        (_open_to_others, {"master key"}),
        (Path.unlink, {"master key"}),
        (_another_key, {"sealed"}),
    ],
)
def test_a_wrong_master_key_is_found(
    sluis: Sluis, demo: Demo, harm: Callable[[Path], None], problems: set[str]
) -> None:
    harm(settings.load(demo.config, {}).keys.master_key_file)
    assert _problems(sluis) == problems


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SLUIS__MAIL__ADAPTER", "none", "mail"),
        ("SLUIS__WEB__WORKERS", "0", "settings"),
        ("SLUIS__OUTGOING__CA_FILE", "/nowhere/ca.pem", "settings"),
        ("SLUIS__OUTGOING__ALLOW", "127.0.0.1", "settings"),
    ],
)
def test_wrong_settings_are_found(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    monkeypatch.setenv(name, value)
    assert _problems(sluis) == {problem}


def test_the_last_line_counts_what_is_to_be_mended(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sluis("init").exit_code == 0
    monkeypatch.setenv("SLUIS__MAIL__ADAPTER", "none")
    assert sluis("doctor").output.splitlines()[-1].endswith("checks, 1 to mend.")
    monkeypatch.setenv("SLUIS__WEB__WORKERS", "0")
    assert sluis("doctor").output.splitlines()[-1] == "1 check, 1 to mend."


@pytest.mark.parametrize(
    ("channel", "section"), [("sms", "sms"), ("letter", "letters")], ids=["sms", "letters"]
)
def test_a_channel_that_is_off_is_a_problem_where_something_waits_for_it(
    sluis: Sluis,
    demo: Demo,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    channel: Channel,
    section: str,
) -> None:
    monkeypatch.setenv(f"SLUIS__{section.upper()}__ADAPTER", "none")
    assert _problems(sluis) == set()
    sealer = load_sealer(settings.load(demo.config, {}).keys.master_key_file)
    with writing(session):
        enqueue(session, sealer, Message(channel, "x", "x", "y"), datetime.now(UTC))
    assert _problems(sluis) == {section}


FOUND = [
    Finding(
        "database", "nobody listens at its address", "start PostgreSQL, or " + "correct it " * 9
    ),
    Finding("sealed", "cannot be seen before this is mended: database", after="database"),
    Finding("outgoing", "https://" + "x" * 90, "write it"),
]


@pytest.mark.parametrize("columns", [80, 60, 120])
def test_a_terminal_reads_lines_that_fit_and_addresses_that_are_whole(columns: int) -> None:
    told = list(doctor.lines(FOUND, columns))
    assert [line for line in told if len(line) > columns] == [
        f"problem  outgoing      https://{'x' * 90}"
    ]
    begun = next(line for line in told if "→ start" in line)
    after = told[told.index(begun) + 1]
    assert len(after) - len(after.lstrip()) == begun.index("start")
    assert " ".join(" ".join(told).split()) == " ".join(" ".join(doctor.lines(FOUND)).split())


def test_a_program_and_a_narrow_terminal_read_whole_lines() -> None:
    whole = list(doctor.lines(FOUND))
    assert len(whole) == 6 == len(list(doctor.lines(FOUND, 30)))
    assert doctor.columns_of(io.StringIO()) is None


def test_an_empty_database_has_another_schema(sluis: Sluis) -> None:
    assert _problems(sluis) == {"master key", "schema"}


@pytest.mark.usefixtures("initialised")
@pytest.mark.parametrize(
    ("url", "seen", "remedy"),
    [
        ("postgresql://sluis@127.0.0.1:{port}/sluis", "nobody listens", "start PostgreSQL"),
        ("postgresql://sluis@db.invalid/sluis", "not known here", "who keeps DNS"),
        ("sqlite:///{folder}", "cannot be opened", "the folder of database.url"),
    ],
)
def test_a_database_that_is_away_is_told_once_and_nothing_else_is_blamed(
    sluis: Sluis,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    url: str,
    seen: str,
    remedy: str,
) -> None:
    """Somebody who puts back a good master key at night makes it worse."""
    monkeypatch.setenv("SLUIS__DATABASE__URL", url.format(port=free_port(), folder=tmp_path))
    assert _problems(sluis) == {"database"}
    found = {one["check"]: one for one in json.loads(sluis("doctor", "--json").output)}
    assert seen in found["database"]["seen"] and remedy in found["database"]["remedy"]
    for name in ("schema", "store", "sealed", "keys", "clock", "worker", "sms", "outbox"):
        assert found[name]["verdict"] == "unseen" and found[name]["after"] == "database"
        assert found[name]["remedy"] == ""
    assert found["master key"]["verdict"] == found["outgoing"]["verdict"] == "ok"
    lines = sluis("doctor", "--parties").output.splitlines()
    unseen = [line for line in lines if line.startswith("unseen")]
    assert " ".join(unseen[-1].split()[2:]) == "cannot be seen before this is mended: database"
    assert lines[-1].endswith(f"1 to mend. {len(unseen)} cannot be seen before that.")


def test_what_older_tables_do_not_have_is_no_fault_of_its_own(
    sluis: Sluis, demo: Demo, session: Session
) -> None:
    """A version forward, before ``sluis migrate``: what can be read is."""
    session.execute(text("UPDATE alembic_version SET version_num = '0049'"))
    session.execute(text("DROP TABLE outbox"))
    session.commit()
    assert _problems(sluis) == {"schema"}
    found = {one["check"]: one for one in json.loads(sluis("doctor", "--json").output)}
    assert found["outbox"]["after"] == "schema" and found["registrations"]["verdict"] == "ok"


@pytest.mark.parametrize(("minutes", "problems"), [(5, set()), (11, {"outbox"})])
def test_mail_that_waits_too_long_is_found(
    sluis: Sluis,
    demo: Demo,
    session: Session,
    minutes: int,
    problems: set[str],
) -> None:
    sealer = load_sealer(settings.load(demo.config, {}).keys.master_key_file)
    with writing(session):
        since = datetime.now(UTC) - timedelta(minutes=minutes)
        enqueue(session, sealer, Message("mail", "a@example.nl", "x", "y"), since)
    assert _problems(sluis) == problems


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("smtp_connection_refused", "1 of mail: smtp_connection_refused: nobody listens there"),
        ("webhook_tls_expired", "1 of mail: webhook_tls_expired: its certificate is over, or not"),
        ("smtp_timeout", "1 of mail: smtp_timeout: it did not answer in time"),
        ("smtp_proxy", "1 of mail: smtp_proxy: our proxy does not answer, or"),
        ("webhook_503", "1 of mail: webhook_503"),
    ],
)
def test_mail_that_waits_is_told_with_what_its_last_try_failed_of(
    sluis: Sluis, demo: Demo, session: Session, reason: str, told: str
) -> None:
    """Where operators look first, and where they look next."""
    sealer = load_sealer(settings.load(demo.config, {}).keys.master_key_file)
    with writing(session):
        enqueue(session, sealer, Message("mail", "a@example.nl", "x", "y"), datetime.now(UTC))
        session.execute(update(OutboxRow).values(reason=reason, attempts=1))
    (line,) = [
        one for one in json.loads(sluis("doctor", "--json").output) if one["check"] == "outbox"
    ]
    assert told in line["seen"] and "a@example.nl" not in line["seen"]
    listed = sluis("outbox", "list").output
    assert told.removeprefix("1 of mail: ") in listed and "a@example.nl" not in listed
    (row,) = json.loads(sluis("outbox", "list", "--json").output)
    assert row["reason"] == reason, "a machine reads the word alone"


@pytest.mark.parametrize(
    ("url", "well"),
    [
        ("redis://redis:6379/0", False),
        ("rediss://sluis@redis.example/0", False),
        ("redis://127.example/0", False),
        ("redis://sluis:secret@redis:6379/0", True),
        ("redis://:secret@redis:6379/0", True),
        ("redis://127.0.0.1:6379/0", True),
        ("redis://[::1]:6379/0", True),
        ("unix:///run/redis.sock", True),
        ("sql:", True),
    ],
)
def test_a_store_on_another_machine_asks_for_a_password(url: str, well: bool) -> None:
    found, told = store_needs_password(url)
    assert found is well
    assert "secret" not in told


@pytest.mark.parametrize(("days", "well"), [(29, False), (31, True), (-1, False)])
def test_a_certificate_must_last_a_month(days: int, well: bool) -> None:
    assert certificates_last({"polderpoort": NOW + timedelta(days=days)}, NOW)[0] is well


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("policy", "problems"), [("noeviction", set()), ("allkeys-lru", {"eviction"})]
)
def test_a_redis_that_evicts_is_found(
    sluis: Sluis,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    problems: set[str],
) -> None:
    with redis() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("SLUIS__STORE__URL", url)
        client.config_set("maxmemory-policy", policy)
        assert _problems(sluis) == problems


@pytest.mark.usefixtures("session")
def test_a_redis_that_is_not_there_is_found(sluis: Sluis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUIS__STORE__URL", "redis://127.0.0.1:1/0")
    assert _problems(sluis) == {"store"}
    found = {one["check"]: one for one in json.loads(sluis("doctor", "--json").output)}
    assert found["store"]["seen"] == "nobody listens at its address"
    assert {one["after"] for one in found.values()} == {"", "store"}
    assert {name for name, one in found.items() if one["after"]} == {
        "eviction",
        "clock",
        "worker",
        "outbox",
    }


@pytest.mark.usefixtures("session")
def test_a_clock_that_is_off_says_nothing_of_workers_and_waiting_mail(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes off, a worker that lives would be called silent."""
    with redis() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("SLUIS__STORE__URL", url)
        client.config_set("maxmemory-policy", "noeviction")
        heartbeat.beat(RedisStore(url, utc_now, lambda: True), utc_now())
        assert _problems(sluis) == set()
        for module in (checks, doctor):
            monkeypatch.setattr(module, "utc_now", lambda: utc_now() + timedelta(minutes=10))
        assert _problems(sluis) == {"clock"}


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("seconds", "problems"), [(4, set()), (60, {"clock"}), (-180, {"clock"}), (3600, {"clock"})]
)
def test_X_08_a_clock_that_differs_from_that_of_the_store_is_found(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch, seconds: int, problems: set[str]
) -> None:
    with redis() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("SLUIS__STORE__URL", url)
        client.config_set("maxmemory-policy", "noeviction")
        monkeypatch.setattr(checks, "utc_now", lambda: utc_now() + timedelta(seconds=seconds))
        assert _problems(sluis) == problems


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(("minutes", "problems"), [(1, set()), (3, {"worker"})])
def test_a_worker_that_fell_silent_is_found(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch, minutes: int, problems: set[str]
) -> None:
    with redis() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("SLUIS__STORE__URL", url)
        client.config_set("maxmemory-policy", "noeviction")
        heartbeat.beat(
            RedisStore(url, utc_now, lambda: True), utc_now() - timedelta(minutes=minutes)
        )
        assert _problems(sluis) == problems


@pytest.mark.usefixtures("session")
def test_a_worker_that_nobody_started_is_found_where_the_site_runs(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    with redis() as url, Redis.from_url(url) as client:
        monkeypatch.setenv("SLUIS__STORE__URL", url)
        client.config_set("maxmemory-policy", "noeviction")
        store = RedisStore(url, utc_now, lambda: True)
        assert _problems(sluis) == set()  # nothing runs yet
        presence.show(store, presence.RunningProcess("host/1", ("key",)), utc_now())
        assert _problems(sluis) == {"worker"}
        heartbeat.beat(store, utc_now())
        assert _problems(sluis) == set()


@pytest.mark.usefixtures("session")
def test_identity_documents_that_nobody_scans_are_found(
    sluis: Sluis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUIS__IDENTITY_DOCUMENTS__SCANNER", "none")
    assert _problems(sluis) == set(), "none are asked"
    monkeypatch.setenv("SLUIS__IDENTITY_DOCUMENTS__ASKED", "true")
    assert _problems(sluis) == {"identity documents"}
    monkeypatch.setenv("SLUIS__IDENTITY_DOCUMENTS__SCANNER", "clamd")
    with fake_clamd() as clamd:
        monkeypatch.setenv("SLUIS__IDENTITY_DOCUMENTS__CLAMD", clamd.where)
        assert _problems(sluis) == set()
        clamd.answer = b"no\0"
        assert _problems(sluis) == {"identity documents"}
    assert _problems(sluis) == {"identity documents"}, "it is gone"
