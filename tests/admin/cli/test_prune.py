"""``sluis apply --prune``: what stands in no file leaves; only when asked, only of kinds that the
files hold, never what others need, and what people use only when that is said.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import ExternalIdentity, Person
from sandbox.portal.clients import BODEM, IDEEEN
from sandbox.prepare import Demo
from state import audit
from state.audit import EventTag
from state.registrations import Registration
from tests.admin.cli.conftest import Sluis
from tests.admin.cli.test_apply import SERVICE

UNUSED = "11111111-2222-4333-8444-555555555555"  # the service that SERVICE registers
TEXT = """\
kind: Announcement
id: {id}
about: outage
title: {{nl: Storing}}
text: {{nl: Er wordt aan gewerkt.}}
{more}
"""


@pytest.fixture
def applied(session: Session, registered: None) -> Session:
    """The whole demo is registered."""
    return session


def _standing(session: Session) -> set[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(Registration).where(Registration.withdrawn_at.is_(None)))
    return {(str(row.kind), row.name) for row in rows}


def _removed(session: Session) -> list[tuple[object, object]]:
    session.rollback()
    found = audit.recent(session, tags=[EventTag.REGISTRATION_REMOVED])
    return [(event.details["kind"], event.details["name"]) for event in found]


def _without(file: Path, name: str) -> None:
    """The same file without the document of this name."""
    documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    kept = [d for d in documents if name not in (d.get("id"), d.get("uuid"), d.get("client_id"))]
    assert len(kept) == len(documents) - 1
    file.write_text(yaml.safe_dump_all(kept, allow_unicode=True), encoding="utf-8")


def _without_clients_of(demo: Demo, uuid: str) -> None:
    file = demo.registrations / "60-clients.yaml"
    documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    for document in documents:
        document["services"] = [one for one in document["services"] if one != uuid]
        if document.get("default_service") == uuid:
            del document["default_service"]
    file.write_text(yaml.safe_dump_all(documents, allow_unicode=True), encoding="utf-8")


def test_nothing_leaves_unless_it_is_asked(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    extra = tmp_path / "extra.yaml"
    extra.write_text(SERVICE, encoding="utf-8")
    assert sluis("apply", "-f", str(extra)).exit_code == 0
    before = _standing(applied)
    assert ("Service", UNUSED) in before
    done = sluis("apply", "-f", str(demo.registrations))
    assert "0 created, 0 changed, 64 unchanged" in done.output
    assert sluis("diff", "-f", str(demo.registrations)).exit_code == 0
    assert _standing(applied) == before and _removed(applied) == []


@pytest.mark.parametrize("command", [("diff",), ("apply", "--dry-run")])
def test_the_plan_shows_what_would_leave_and_removes_nothing(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session, command: tuple[str, ...]
) -> None:
    extra = tmp_path / "extra.yaml"
    extra.write_text(SERVICE, encoding="utf-8")
    sluis("apply", "-f", str(extra))
    before = _standing(applied)
    done = sluis(*command, "--prune", "-f", str(demo.registrations))
    assert done.exit_code == 3, done.output
    assert f"removed    Service           {UNUSED}\n" in done.output
    assert "  name.nl:\n    - " in done.output
    assert "0 created, 0 changed, 64 unchanged, 1 removed\n" in done.output
    assert _standing(applied) == before and _removed(applied) == []


def test_what_stands_in_no_file_leaves_and_its_row_keeps_its_name(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    extra = tmp_path / "extra.yaml"
    extra.write_text(SERVICE, encoding="utf-8")
    sluis("apply", "-f", str(extra))
    done = sluis("apply", "--prune", "-f", str(demo.registrations))
    assert done.exit_code == 0, done.output
    assert f"removed    Service           {UNUSED}" in done.output
    assert ("Service", UNUSED) not in _standing(applied)
    assert _removed(applied) == [("Service", UNUSED)]
    row = applied.get_one(Registration, ("Service", UNUSED))
    assert row.withdrawn_at is not None and row.document["name"]
    assert UNUSED not in sluis("export").output
    assert sluis("diff", "--prune", "-f", str(demo.registrations)).exit_code == 0, "done is done"
    again = sluis("apply", "-f", str(extra))  # it may come back
    assert f"created    Service           {UNUSED}" in again.output
    assert ("Service", UNUSED) in _standing(applied)


def test_only_kinds_that_the_files_hold_are_pruned(
    sluis: Sluis, tmp_path: Path, applied: Session
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.yaml").write_text(TEXT.format(id=name, more=""), encoding="utf-8")
    assert sluis("apply", "-f", str(folder)).exit_code == 0
    before = _standing(applied)
    (folder / "two.yaml").unlink()
    done = sluis("apply", "--prune", "-f", str(folder))
    assert done.exit_code == 0, done.output
    assert before - _standing(applied) == {("Announcement", "two")}


def test_the_last_of_a_kind_leaves_where_the_kind_is_named(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    file = tmp_path / "text.yaml"
    file.write_text(TEXT.format(id="one", more=""), encoding="utf-8")
    sluis("apply", "-f", str(file))
    assert sluis("diff", "--prune", "-f", str(demo.registrations)).exit_code == 0
    named = ("--prune-kind", "Announcement", "-f", str(demo.registrations))
    assert "removed    Announcement      one" in sluis("diff", *named).output
    before = _standing(applied)
    assert sluis("apply", *named).exit_code == 0
    assert before - _standing(applied) == {("Announcement", "one")}


@pytest.mark.parametrize("content", [None, "", "# nothing here\n", "---\n---\n"])
def test_files_that_hold_nothing_wipe_nothing(
    sluis: Sluis, tmp_path: Path, applied: Session, content: str | None
) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if content is not None:
        (folder / "empty.yaml").write_text(content, encoding="utf-8")
    before = _standing(applied)
    every = [part for kind in ("Service", "Client") for part in ("--prune-kind", kind)]
    for asked in (["--prune"], every, ["--prune", *every, "--yes"]):
        done = sluis("apply", *asked, "-f", str(folder))
        assert done.exit_code == 2, done.output
        assert "nothing was changed" in done.output
    assert _standing(applied) == before


@pytest.mark.parametrize(
    ("file", "name", "said"),
    [
        ("20-services.yaml", BODEM.uuid, f"services: Service {BODEM.uuid} would be removed"),
        ("30-makelaars.yaml", "polderpoort", "IdentityProvider polderpoort would be removed"),
    ],
)
def test_what_a_file_names_cannot_leave(
    sluis: Sluis, demo: Demo, applied: Session, file: str, name: str, said: str
) -> None:
    before = _standing(applied)
    _without(demo.registrations / file, name)
    done = sluis("apply", "--prune", "--yes", "-f", str(demo.registrations))
    assert done.exit_code == 2 and said in done.output, done.output
    assert "nothing was changed" in done.output
    assert _standing(applied) == before


def test_what_a_registration_outside_the_files_names_cannot_leave(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    text = tmp_path / "text.yaml"
    text.write_text(TEXT.format(id="one", more=f"service: {UNUSED}"), encoding="utf-8")
    extra = tmp_path / "extra.yaml"
    extra.write_text(SERVICE, encoding="utf-8")
    sluis("apply", "-f", str(extra))
    assert sluis("apply", "-f", str(text)).exit_code == 0
    done = sluis("apply", "--prune", "-f", str(demo.registrations / "20-services.yaml"))
    assert done.exit_code == 2
    assert (
        f"Announcement one (registered): service: Service {UNUSED} would be removed" in done.output
    )
    both = ("--prune", "--prune-kind", "Announcement", "-f")
    assert sluis("apply", *both, str(demo.registrations / "20-services.yaml")).exit_code == 0


def test_a_service_with_mandates_leaves_only_when_that_is_said(
    sluis: Sluis, demo: Demo, applied: Session
) -> None:
    of_service = Mandate.service_uuid == BODEM.uuid
    mandates = applied.scalar(select(func.count()).select_from(Mandate).where(of_service))
    assert mandates == 2  # of which one is over
    _without(demo.registrations / "20-services.yaml", BODEM.uuid)
    _without_clients_of(demo, BODEM.uuid)
    for file in ("40-people.yaml", "50-mandates.yaml"):
        (demo.registrations / file).unlink()
    before = _standing(applied)
    done = sluis("apply", "--prune", "-f", str(demo.registrations))
    assert done.exit_code == 2, done.output
    assert f"removed    Service           {BODEM.uuid}" in done.output
    assert "in use: 1 mandate, 2 chain mandates" in done.output
    assert "add --yes" in done.output
    assert _standing(applied) == before and _removed(applied) == []
    plan = json.loads(sluis("diff", "--json", "--prune", "-f", str(demo.registrations)).output)
    gone = [one for one in plan if one["change"] == "removed"]
    assert [one["name"] for one in gone] == [BODEM.uuid]
    assert gone[0]["used"][0] == "1 mandate"
    done = sluis("apply", "--prune", "--yes", "-f", str(demo.registrations))
    assert done.exit_code == 0, done.output
    assert before - _standing(applied) == {("Service", BODEM.uuid)}
    applied.rollback()
    kept = applied.scalar(select(func.count()).select_from(Mandate).where(of_service))
    assert kept == mandates, "mandates stay, for when it comes back"


def test_a_makelaar_where_people_log_in_leaves_only_when_that_is_said(
    sluis: Sluis, demo: Demo, applied: Session
) -> None:
    people = set(
        applied.scalars(
            select(ExternalIdentity.person_id).where(ExternalIdentity.provider_id == "veerhuis")
        )
    )
    assert people
    _without(demo.registrations / "30-makelaars.yaml", "veerhuis")
    (demo.registrations / "40-people.yaml").unlink()
    (demo.registrations / "50-mandates.yaml").unlink()
    done = sluis("apply", "--prune", "-f", str(demo.registrations))
    assert done.exit_code == 2
    assert f"in use: {len(people)} people" in done.output, done.output
    assert sluis("apply", "--prune", "--yes", "-f", str(demo.registrations)).exit_code == 0
    assert _removed(applied) == [("IdentityProvider", "veerhuis")]


def test_people_organisations_and_mandates_are_never_pruned(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    def counted() -> list[int | None]:
        applied.rollback()
        tables = (Person, Organisation, Mandate)
        return [applied.scalar(select(func.count()).select_from(table)) for table in tables]

    before = counted()
    file = tmp_path / "one.yaml"
    documents = yaml.safe_load_all(
        (demo.registrations / "10-organisations.yaml").read_text(encoding="utf-8")
    )
    file.write_text(yaml.safe_dump(next(iter(documents))), encoding="utf-8")
    done = sluis("apply", "--prune", "--yes", "-f", str(file))
    assert done.exit_code == 0 and "removed" not in done.output
    assert counted() == before
    assert sluis("apply", "--prune-kind", "Person", "-f", str(file)).exit_code == 2


def test_a_mistake_elsewhere_keeps_everything(
    sluis: Sluis, demo: Demo, tmp_path: Path, applied: Session
) -> None:
    extra = tmp_path / "extra.yaml"
    extra.write_text(SERVICE, encoding="utf-8")
    sluis("apply", "-f", str(extra))
    before = _standing(applied)
    (demo.registrations / "99-wrong.yaml").write_text("kind: Servise\n", encoding="utf-8")
    assert sluis("apply", "--prune", "-f", str(demo.registrations)).exit_code == 2
    assert _standing(applied) == before
    assert IDEEEN.uuid in {name for _, name in before}
