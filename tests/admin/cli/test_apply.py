"""``sluis init``, ``apply``, ``export`` and ``trace``, as an operator meets them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.configuration import POLL_SECONDS
from consent.mandates import Mandate
from directory.people import Person
from providers.accounts import Account
from sandbox.prepare import Demo
from state import audit
from state.audit import EventTag
from tests.admin.cli.conftest import Sluis

SERVICE = """\
kind: Service
uuid: 11111111-2222-4333-8444-555555555555
service_id: urn:etoegang:DV:00000004000000009000:services:0001
name: {nl: Een dienst, en: A service}
description: {nl: Voorbeeld., en: Example.}
provider_name: {nl: Een aanbieder, en: A provider}
provider_oin: "00000004000000009000"
level: EH3
mandate: required
consent: ask
"""


def test_init_can_be_repeated(sluis: Sluis) -> None:
    first, second = sluis("init"), sluis("init")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "made; keep a copy" in first.output
    assert "was there" in second.output
    assert "up to date" in second.output


def test_applying_twice_changes_nothing_the_second_time(
    sluis: Sluis, demo: Demo, session: Session
) -> None:
    first = sluis("apply", "-f", str(demo.registrations))
    assert first.exit_code == 0, first.output
    people = session.scalar(select(func.count()).select_from(Person))
    assert people == 18
    second = sluis("apply", "-f", str(demo.registrations))
    assert second.exit_code == 0
    assert "unchanged" in second.output
    assert "0 created, 0 changed, 64 unchanged" in second.output
    told = f"Running processes go by this within {POLL_SECONDS} seconds."
    assert told in first.output and told not in second.output
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Mandate)) == 18


def test_every_change_is_audited(sluis: Sluis, demo: Demo, session: Session) -> None:
    sluis("apply", "-f", str(demo.registrations))
    changed = audit.recent(session, tags=[EventTag.REGISTRATION_CHANGED], limit=500)
    assert len(changed) == 64
    kinds = [str(event.details["kind"]) for event in changed]
    assert (kinds.count("Service"), kinds.count("IdentityProvider"), kinds.count("Client")) == (
        9,
        7,
        5,
    )


def test_a_dry_run_says_what_would_happen_and_does_nothing(
    sluis: Sluis, demo: Demo, session: Session
) -> None:
    done = sluis("apply", "-f", str(demo.registrations), "--dry-run")
    assert done.exit_code == 3, done.output  # there is something to do
    assert "64 created" in done.output
    assert session.scalar(select(func.count()).select_from(Person)) == 0
    assert sluis("apply", "-f", str(demo.registrations)).exit_code == 0
    assert sluis("apply", "-f", str(demo.registrations), "--dry-run").exit_code == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("level: EH3", "level: EH5"), "level"),
        (("level: EH3", "levl: EH3"), "levl"),
        (("kind: Service", "kind: Servise"), "Servise"),
        (("11111111-2222-4333-8444-555555555555", "no-uuid"), "uuid"),
        (("mandate: required", "mandate: [required"), "test.yaml"),
    ],
)
def test_a_mistake_names_its_place_and_nothing_is_written(
    sluis: Sluis, tmp_path: Path, session: Session, change: tuple[str, str], said: str
) -> None:
    file = tmp_path / "test.yaml"
    file.write_text(SERVICE.replace(*change), encoding="utf-8")
    done = sluis("apply", "-f", str(file))
    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output
    assert audit.recent(session, tags=[EventTag.REGISTRATION_CHANGED]) == []
    file.write_text(SERVICE, encoding="utf-8")  # the good twin
    assert sluis("apply", "-f", str(file)).exit_code == 0


def test_a_reference_to_nothing_is_refused(sluis: Sluis, tmp_path: Path, session: Session) -> None:
    file = tmp_path / "mandate.yaml"
    file.write_text(
        "kind: Mandate\nperson: nobody\norganisation: '90001201'\nservice: null\n"
        "level: EH3\nfrom: 2026-01-01\nuntil: 2027-01-01\n",
        encoding="utf-8",
    )
    done = sluis("apply", "-f", str(file))
    assert done.exit_code != 0
    assert "nobody" in done.output
    assert session.scalar(select(func.count()).select_from(Mandate)) == 0


@pytest.mark.usefixtures("registered")
def test_what_is_exported_can_be_applied_again(sluis: Sluis, tmp_path: Path) -> None:
    exported = sluis("export")
    assert exported.exit_code == 0
    assert "kind: Service" in exported.output
    file = tmp_path / "export.yaml"
    file.write_text(exported.output, encoding="utf-8")
    again = sluis("apply", "-f", str(file))
    assert again.exit_code == 0, again.output
    assert "0 created, 0 changed" in again.output


def test_commands_explain_what_is_missing(sluis: Sluis, demo: Demo) -> None:
    done = sluis("apply", "-f", str(demo.registrations))
    assert done.exit_code != 0
    assert "sluis init" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("text", ["", "K7QM", "K7QM-4RX!", "x" * 500])
def test_a_reference_that_is_none_says_so(sluis: Sluis, session: Session, text: str) -> None:
    done = sluis("trace", text)
    assert done.exit_code != 0
    assert "Traceback" not in done.output


def test_help_names_every_command(sluis: Sluis) -> None:
    text = sluis("--help").output
    for command in (
        "init",
        "migrate",
        "apply",
        "export",
        "trace",
        "serve",
        "worker",
        "version",
        "config",
        "diff",
        "doctor",
    ):
        assert command in text


PERSON = """\
kind: Person
id: {id}
name: Iemand
email: {id}@voorbeeld.example
organisations: {places}
account: {{user_name: {user_name}, email: {email}, level: {level}, password_file: {file}}}
"""


def _person(tmp_path: Path, name: str, **changed: str) -> Path:
    secret = tmp_path / "secret"
    secret.write_text("een tijdelijk woord\n")
    values = {
        "id": "iemand",
        "user_name": "iemand",
        "email": "iemand@voorbeeld.example",
        "level": "EMAIL",
        "places": "[]",
        "file": str(secret),
        **changed,
    }
    file = tmp_path / f"{name}.yaml"
    file.write_text(PERSON.format(**values))
    return file


def test_an_account_is_made_once_and_its_password_stays_the_users(
    sluis: Sluis, session: Session, tmp_path: Path
) -> None:
    done = sluis("apply", "-f", str(_person(tmp_path, "one")))
    assert done.exit_code == 0, done.output
    first = session.scalars(select(Account)).one()
    assert first.temporary_until is not None and first.password_hash is not None
    password_hash = first.password_hash
    assert "een tijdelijk woord" not in done.output
    assert "1 unchanged" in sluis("apply", "-f", str(_person(tmp_path, "two"))).output
    moved = _person(tmp_path, "three", email="anders@voorbeeld.example", level="EH2")
    assert "1 changed" in sluis("apply", "-f", str(moved)).output
    session.rollback()
    again = session.scalars(select(Account)).one()
    assert (again.email, again.level) == ("anders@voorbeeld.example", AssuranceLevel.EH2)
    assert again.password_hash == password_hash


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "ander"}, "is that of iemand"),
        ({"user_name": "anders"}, "cannot change"),
        ({"user_name": "twee@tekens"}, "letters, digits"),
        ({"email": "a@b@c"}, "not an e-mail address"),
        ({"level": "EH4"}, "level"),
    ],
)
def test_A_15_an_account_that_cannot_be_is_refused(
    sluis: Sluis, session: Session, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    assert sluis("apply", "-f", str(_person(tmp_path, "good"))).exit_code == 0
    done = sluis("apply", "-f", str(_person(tmp_path, "bad", **changed)))
    assert done.exit_code != 0 and said in done.output
    assert len(session.scalars(select(Account)).all()) == 1


@pytest.mark.parametrize(
    ("level", "is_accepted"), [("EMAIL", False), ("EH2", False), ("EH3", True)]
)
@pytest.mark.usefixtures("registered")
def test_an_administrator_has_more_than_an_email_account(
    sluis: Sluis, tmp_path: Path, level: str, is_accepted: bool
) -> None:
    places = '[{kvk: "90001201", role: administrator}]'
    done = sluis("apply", "-f", str(_person(tmp_path, "boss", level=level, places=places)))
    assert (done.exit_code == 0) is is_accepted, done.output
