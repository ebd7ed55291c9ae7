"""``sluis keys master``: an operator replaces the master key, step by step."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin import presence
from admin.cli import installation, main
from admin.keys import master_key_survey
from admin.presence import RunningProcess
from broker import settings as configuration
from keys.master_key_file import load_master_keys, load_sealer
from keys.rotation import NEEDED
from keys.signing_key import SigningKey
from sandbox.prepare import Demo
from state import audit
from state.audit import EventTag
from state.db import writing
from state.engine import make_engine
from state.ephemeral import StoreUnavailable
from state.outbox import Message, OutboxRow, enqueue
from state.stores import make_store
from tests.admin.cli.conftest import Sluis
from tests.damage import flipped

EVERY = len(NEEDED)  # keys of a fresh installation


@pytest.fixture
def path(demo: Demo, initialised: None) -> Path:
    """The file of the master keys of an installation."""
    return configuration.load(demo.config, {}).keys.master_key_file


def session_of(demo: Demo) -> Session:
    return Session(make_engine(configuration.load(demo.config, {}).database.url))


def did(sluis: Sluis, *arguments: str, code: int = 0) -> str:
    done = sluis("keys", "master", *arguments)
    assert done.exit_code == code, done.output
    return done.output


def a_day_later(monkeypatch: pytest.MonkeyPatch, hours: float = 24) -> None:
    later = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr(installation, "utc_now", lambda: later)


def shown(demo: Demo, name: str, *key_ids: str, ago: float = 0) -> None:
    """A process ran so many seconds ago, with these keys."""
    settings = configuration.load(demo.config, {})
    store = make_store(settings.store.url, make_engine(settings.database.url), utc_now)
    presence.show(store, RunningProcess(name, key_ids), utc_now() - timedelta(seconds=ago))


def utc_now() -> datetime:
    return datetime.now(UTC)


def test_a_rotation_from_the_first_step_to_the_last(
    sluis: Sluis, demo: Demo, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, bare = load_sealer(path), path.read_bytes()
    said = did(sluis, "status")
    assert f"{old.key_id}  active    seals and opens: {EVERY} signing_key" in said
    assert "Processes seen in the last two minutes: none" in said
    assert "a rotation begins with: sluis keys master prepare" in said

    said = did(sluis, "prepare")
    following = load_master_keys(path).next
    assert following is not None and following.id in said and "does not seal yet" in said
    assert load_sealer(path).key_id == old.key_id
    assert "restart all of them" in said and "3. sluis keys master switch" in said
    content = path.read_bytes()
    assert f"{following.id} was prepared already" in did(sluis, "prepare")
    assert path.read_bytes() == content
    assert "sluis keys master switch" in did(sluis, "status")

    said = did(sluis, "switch")
    assert f"{following.id} seals from now on; {old.key_id} still opens" in said
    assert load_sealer(path).key_ids == (following.id, old.key_id)
    content = path.read_bytes()
    assert "seals already" in did(sluis, "switch") and path.read_bytes() == content

    a_day_later(monkeypatch)
    assert "no signing key lies under" in did(sluis, "drop", "--yes", code=3)
    said = did(sluis, "reseal", "--dry-run", code=3)
    assert f"opens what it sealed before: {EVERY} signing_key" in said
    assert did(sluis, "status").endswith("sluis keys master reseal\n")
    said = did(sluis, "reseal")
    assert f"Sealed anew: {EVERY} signing_key" in said and "sluis keys master drop, from" in said
    assert "Sealed anew: nothing" in did(sluis, "reseal")

    assert "Dry run" in did(sluis, "drop", "--dry-run", code=3)
    assert path.read_bytes() == content
    said = did(sluis, "drop", "--yes")
    assert f"{old.key_id} is taken out" in said and "holds 1 key(s)" in said
    assert [key.id for key in load_master_keys(path).keys] == [following.id]
    assert load_sealer(path).fingerprint("subject", "x") == old.fingerprint("subject", "x")
    assert "nothing to take out" in did(sluis, "drop", "--yes")

    for command in (("init",), ("keys", "list")):
        assert sluis(*command).exit_code == 0
    with session_of(demo) as session:
        (resealed,) = audit.recent(session, tags=[EventTag.MASTER_KEY_RESEALED])
        (dropped,) = audit.recent(session, tags=[EventTag.MASTER_KEY_DROPPED])
    assert resealed.details == {"key": following.id, "values": EVERY}
    assert dropped.details == {"key": old.key_id}
    path.write_bytes(bare)
    refused = sluis("keys", "rotate")
    assert refused.exit_code == 1 and "not the master key of this database" in refused.output


def test_no_command_shows_a_key(sluis: Sluis, path: Path) -> None:
    steps = (
        ["prepare"],
        ["status"],
        ["switch"],
        ["reseal"],
        ["drop", "--yes", "--now"],
        ["status"],
    )
    said = ""
    secrets: set[bytes] = set()
    for step in steps:
        said += did(sluis, *step)
        keys = load_master_keys(path)
        secrets |= {key.secret for key in keys.keys} | {keys.fingerprint_key}
    said += sluis("doctor").output
    assert len(secrets) == 3
    for secret in secrets:
        assert base64.b64encode(secret).decode() not in said and secret.hex() not in said


def test_without_a_next_key_there_is_nothing_to_switch(sluis: Sluis, path: Path) -> None:
    content = path.read_bytes()
    assert "first: sluis keys master prepare" in did(sluis, "switch", code=3)
    assert path.read_bytes() == content


def test_K_07_a_process_that_lacks_the_next_key_stops_the_switch(
    sluis: Sluis, demo: Demo, path: Path
) -> None:
    did(sluis, "prepare")
    old, new = (key.id for key in load_master_keys(path).keys)
    shown(demo, "web-1/12", old)
    shown(demo, "web-2/12", old, new)
    content = path.read_bytes()
    said = did(sluis, "switch", code=3)
    assert "1 running process(es) cannot open what" in said and "web-1/12" in said
    assert path.read_bytes() == content
    assert "1 cannot open what" in did(sluis, "status")
    shown(demo, "web-1/12", old, new)  # it was restarted under the same name
    assert "Running processes that know" in did(sluis, "switch")


def test_K_07_a_process_that_seals_with_the_old_key_stops_the_drop(
    sluis: Sluis, demo: Demo, path: Path
) -> None:
    did(sluis, "prepare")
    did(sluis, "switch")
    did(sluis, "reseal")
    new, old = (key.id for key in load_master_keys(path).keys)
    shown(demo, "worker-1/7", old, new, ago=30)
    said = did(sluis, "drop", "--now", "--yes", code=3)
    assert "still seal with an old key: worker-1/7" in said
    assert "1 still seal with an old key" in did(sluis, "status")
    shown(demo, "worker-1/7", new, old)
    did(sluis, "drop", "--now", "--yes")


def test_an_old_key_goes_a_day_after_the_switch_or_when_told(
    sluis: Sluis, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    did(sluis, "prepare")
    did(sluis, "switch")
    did(sluis, "reseal")
    a_day_later(monkeypatch, hours=23.9)
    content = path.read_bytes()
    assert "or add --now" in did(sluis, "drop", "--yes", code=3)
    assert path.read_bytes() == content
    assert "is taken out" in did(sluis, "drop", "--yes", "--now")


def test_K_07_what_still_lies_under_the_old_key_is_counted(
    sluis: Sluis, demo: Demo, path: Path
) -> None:
    before = load_sealer(path)
    did(sluis, "prepare")
    did(sluis, "switch")
    did(sluis, "reseal")
    with session_of(demo) as session, writing(session):
        for _ in range(3):  # of a process that was not restarted
            enqueue(session, before, Message("mail", "a@example.nl", "x", "y"), utc_now())
    content = path.read_bytes()
    assert "still under older keys: 3 outbox" in did(sluis, "drop", "--yes", "--now", code=3)
    assert path.read_bytes() == content
    assert "Sealed anew: 3 outbox" in did(sluis, "reseal")
    did(sluis, "drop", "--yes", "--now")


def test_what_is_damaged_is_named_and_holds_nothing_up(
    sluis: Sluis, demo: Demo, path: Path
) -> None:
    with session_of(demo) as session, writing(session):
        enqueue(session, load_sealer(path), Message("mail", "a@example.nl", "x", "y"), utc_now())
    did(sluis, "prepare")
    did(sluis, "switch")
    with session_of(demo) as session, writing(session):
        row = session.scalars(select(OutboxRow)).one()
        row.sealed = flipped(-1)(row.sealed or b"")
        name = row.id
    said = did(sluis, "reseal", code=3)
    assert f"outbox {name}: changed" in said and "does not hold up" in said
    with session_of(demo) as session, writing(session):
        session.get_one(OutboxRow, name).sealed = b"nothing that was ever sealed"
    assert "sealed under no key: 1 outbox" in did(sluis, "status", code=3)
    did(sluis, "drop", "--yes", "--now")


def test_values_under_a_key_that_is_gone_are_a_problem(
    sluis: Sluis, demo: Demo, path: Path
) -> None:
    did(sluis, "prepare")
    kept = path.read_bytes()
    did(sluis, "switch")
    did(sluis, "reseal")
    path.write_bytes(kept.splitlines()[1].split()[2] + b"\n")  # the first key alone
    said = did(sluis, "status", code=3)
    assert "PROBLEM" in said and f"{EVERY} signing_key" in said
    doctor = sluis("doctor")
    assert doctor.exit_code == 3 and f"{EVERY} under" in doctor.output


def test_another_database_drops_nothing(
    sluis: Sluis, demo: Demo, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    did(sluis, "prepare")
    did(sluis, "switch")
    did(sluis, "reseal")
    monkeypatch.setenv("SLUIS__DATABASE__URL", f"sqlite:///{tmp_path}/other.db")
    assert sluis("migrate").exit_code == 0
    content = path.read_bytes()
    assert "is database.url right?" in did(sluis, "drop", "--yes", "--now", code=3)
    assert path.read_bytes() == content


@pytest.mark.parametrize("step", [["prepare"], ["switch"], ["drop", "--now", "--yes"]])
def test_a_file_that_cannot_be_written_is_written_elsewhere(
    sluis: Sluis, path: Path, tmp_path: Path, step: list[str]
) -> None:
    """As where a secret is mounted: every step leaves the file, and writes the next one."""
    for earlier in (["prepare"], ["switch"], ["reseal"]):
        if step == earlier:
            break
        did(sluis, *earlier)
    content, out = path.read_bytes(), tmp_path / "next.key"
    assert str(out) in did(sluis, *step, "--out", str(out))
    assert path.read_bytes() == content and out.stat().st_mode & 0o777 == 0o600
    assert "is not replaced" in did(sluis, *step, "--out", str(out), code=1)
    path.write_bytes(out.read_bytes())  # mounted anew
    assert sluis("keys", "list").exit_code == 0
    assert did(sluis, "status")


def test_what_could_not_be_written_is_not_audited_as_done(
    sluis: Sluis, demo: Demo, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("prepare", "switch", "reseal"):
        did(sluis, step)
    content = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", full)
        said = did(sluis, "drop", "--yes", "--now", code=1)
    assert "No space left on device; write it elsewhere: --out FILE" in said
    assert path.read_bytes() == content
    with session_of(demo) as session:
        assert audit.recent(session, tags=[EventTag.MASTER_KEY_DROPPED]) == []
    did(sluis, "drop", "--yes", "--now")


def test_a_drop_asks_first(sluis: Sluis, demo: Demo, path: Path) -> None:
    for step in ("prepare", "switch", "reseal"):
        did(sluis, step)
    command = ["--config", str(demo.config), "keys", "master", "drop", "--now"]
    for answer, left in (("n\n", 2), ("", 2), ("y\n", 1)):
        done = CliRunner().invoke(main, command, input=answer)
        assert "Take it out for good?" in done.output
        assert done.exit_code == left - 1
        assert len(load_master_keys(path).keys) == left


def test_without_its_store_nobody_knows_who_runs(
    sluis: Sluis, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreUnavailable("down")

    did(sluis, "prepare")
    monkeypatch.setattr(master_key_survey.presence, "seen", down)
    content = path.read_bytes()
    assert "the store does not answer" in did(sluis, "switch", code=3)
    assert path.read_bytes() == content
    assert "which processes run is not known" in did(sluis, "status")


@pytest.mark.parametrize(
    "harm", [Path.unlink, lambda path: path.write_bytes(b"active x y\n")], ids=["gone", "damaged"]
)
def test_K_06_without_its_file_each_step_says_what_to_do(
    sluis: Sluis, demo: Demo, path: Path, harm: Callable[[Path], None]
) -> None:
    with session_of(demo) as session:
        before = session.scalars(select(SigningKey.sealed)).all()
        harm(path)
        for step in ("status", "prepare", "switch", "reseal", "drop"):
            assert path.name in did(sluis, step, code=1)
        session.rollback()
        assert session.scalars(select(SigningKey.sealed)).all() == before


def test_doctor_tells_that_a_rotation_is_half_way(sluis: Sluis, demo: Demo, path: Path) -> None:
    assert "half-way" not in sluis("doctor").output
    did(sluis, "prepare")
    said = sluis("doctor").output
    assert "it holds 2 keys: a rotation is half-way, see sluis keys master status" in said
    assert f"{EVERY} values, all under keys of the file" in said
    with session_of(demo) as session, writing(session):
        session.execute(update(SigningKey).values(sealed=b"\x01strange-value-of-some-length-here"))
    assert f"{EVERY} under 73747261" in sluis("doctor").output
