"""An operator imports devices, binds them, sends letters and resets factors."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pyotp
import pytest

from assurance.factors import BoundBy, FactorKind
from sandbox.prepare import Demo
from state import audit
from state.audit import EventTag
from tests.admin.cli.conftest import Sluis
from tests.assurance.test_pskc import ENCRYPTED, HEADER, KEY, SEED, container, package
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import BASE, LIST, arrive, factors_of, strip_factors
from tests.journeys.test_own_factors import add_app
from tests.world import World, make_world


@pytest.fixture
def installed(sluis: Sluis, registered: None) -> Sluis:
    return sluis


def delivery(folder: Path, raw: bytes) -> str:
    file = folder / "devices.xml"
    file.write_bytes(raw)
    return str(file)


def test_devices_come_into_stock_and_are_bound_by_their_serial(
    installed: Sluis, tmp_path: Path, demo: Demo
) -> None:
    file = delivery(tmp_path, container(package("A-1"), package("A-2")))
    first = installed("otp", "import", file)
    assert "2 device(s) imported" in first.output and "Warning" in first.output
    assert "0 device(s) imported, 2 known already" in installed("otp", "import", file).output
    assert installed("otp", "assign", "A-2", "--person", "jan").exit_code == 0
    listed = installed("otp", "list").output.splitlines()
    assert [line.split()[0] for line in listed] == ["Serial", "A-1", "A-2", "VB-1000-4711"]
    assert listed[1].endswith("free") and listed[2].endswith("jan")
    assert listed[3].endswith("joost, from a document")
    everything = "".join((demo.directory / "sluis.db").read_bytes().hex())
    assert SEED.hex() not in everything
    for arguments in (
        ("A-2", "--person", "liv"),
        ("A-3", "--person", "liv"),
        ("A-1", "--person", "x"),
    ):
        refused = installed("otp", "assign", *arguments)
        assert refused.exit_code == 1 and "sluis:" in refused.output
    assert installed("otp", "assign", "A-1", "--person", "liv").exit_code == 0


def test_sealed_devices_need_their_key_and_give_no_warning(
    installed: Sluis, tmp_path: Path
) -> None:
    file = delivery(tmp_path, container(package("A-1", secret=ENCRYPTED), header=HEADER))
    refused = installed("otp", "import", file)
    assert refused.exit_code == 1 and "--key-file" in refused.output
    key = tmp_path / "key"
    key.write_text(KEY.hex() + "\n")
    done = installed("otp", "import", file, "--key-file", str(key))
    assert "1 device(s) imported" in done.output and "Warning" not in done.output
    key.write_text("too short")
    assert installed("otp", "import", file, "--key-file", str(key)).exit_code == 1


def test_F_19_a_reset_at_the_machine_takes_two_administrators_of_the_person_and_is_told(
    installed: Sluis, demo: Demo
) -> None:
    database = demo.directory / "sluis.db"

    def reset(by: str, approved_by: str) -> int:
        return installed(
            "factor", "reset", "--person", "yara", "--by", by, "--approved-by", approved_by
        ).exit_code

    def left() -> int:
        with closing(sqlite3.connect(database)) as sql:
            query = "select count(*) from factor where person_id = 'yara' and ended_at is null"
            return int(sql.execute(query).fetchone()[0])

    assert (reset("sanne", "sanne"), reset("sanne", "jan"), reset("sanne", "yara")) == (1, 1, 1)
    assert left() == 2
    with closing(sqlite3.connect(database)) as sql:
        sql.execute("update membership set role = 'administrator' where person_id = 'fatima'")
        sql.commit()
    assert reset("sanne", "fatima") == 0
    assert left() == 0
    with closing(sqlite3.connect(database)) as sql:
        query = "select person_id, details from audit_event where tag = 'factor.reset'"
        ((who, told),) = sql.execute(query).fetchall()
        channels = [row[0] for row in sql.execute("select channel from outbox order by channel")]
    assert channels == ["mail", "sms"]
    details = json.loads(told)
    assert (who, details["approved_by"], details["way"]) == ("sanne", "fatima", "command")


def test_a_factor_that_was_removed_does_not_come_back_with_the_next_apply(
    world: World, sluis_there: Sluis
) -> None:
    assert factors_of(world, "roos") == []  # removed; her document names a secret still
    assert sluis_there("apply", "-f", str(world.demo.registrations)).exit_code == 0
    assert factors_of(world, "roos") == []


def letter_code(world: World) -> str:
    set_clock(world)  # commands live by the real time
    letter = [m for m in world.deliver_mail() if m["channel"] == "letter"][-1]
    assert letter["recipient"] == "R. Willems, Kade 1, 1234 AB Voorbeeldstad"
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", letter["text"]).group()  # type: ignore[union-attr]


def with_letter(world: World, sluis_of: Sluis, person: str = "roos") -> str:
    arguments = ("factor", "letter", "--person", person)
    done = sluis_of(*arguments, "--address", "R. Willems, Kade 1, 1234 AB Voorbeeldstad")
    assert done.exit_code == 0, done.output
    code = letter_code(world)
    assert code not in done.output
    return code


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path / "world")
    set_clock(made)
    strip_factors(made, "roos")
    return made


@pytest.fixture
def sluis_there(world: World) -> Sluis:
    from click.testing import CliRunner

    from admin.cli import main

    return lambda *words: CliRunner().invoke(main, ["--config", str(world.demo.config), *words])


def test_F_13_a_letter_makes_a_factor_count_that_somebody_added_alone(
    world: World, sluis_there: Sluis
) -> None:
    assert sluis_there("factor", "letter", "--person", "roos", "--address", "x").exit_code == 1
    browser = arrive(world, "roos", "Brugwacht")
    browser.open(f"{BASE}/app")
    assert browser.page is not None
    seed = str(browser.page.tree.get_element_by_id("sleutel").text_content()).replace(" ", "")
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    browser.click("Voeg de app toe")
    code = with_letter(world, sluis_there)
    page = browser.open(BASE)
    assert "Vul de code uit de brief in" in page.text
    page = browser.click("Bekijk")
    assert "Wij stuurden u een brief met een code." in page.text
    assert "Vraag uw beheerder om een brief" not in page.text
    page = browser.click("Vul de code uit de brief in")
    letter = [m for m in world.deliver_mail() if m["channel"] == "letter"][-1]
    for fact in ("Soort", "App met codes", "Toegevoegd op"):  # to be compared
        assert fact in page.text and fact in letter["text"], fact
    browser.fill("code", "AAAA-BBBB-CCCC")
    assert browser.click("Bevestig het inlogmiddel").status == 422
    browser.fill("code", code.lower().replace("-", " "))
    page = browser.click("Bevestig het inlogmiddel")
    assert page.heading == LIST and "telt nu mee voor EH2+" in page.text
    (factor,) = factors_of(world, "roos", FactorKind.TOTP)
    assert factor.bound_by is BoundBy.LETTER
    with world.session() as session:
        assert len(audit.recent(session, tags=(EventTag.FACTOR_COUNTS,), person_id="roos")) == 1


def test_F_13_a_letter_is_sent_for_the_factor_that_is_named_where_several_wait(
    world: World, sluis_there: Sluis
) -> None:
    """Roos added one, and who has her password another."""
    for _ in range(2):
        add_app(world, arrive(world, "roos", "Brugwacht"))
    own, other = factors_of(world, "roos", FactorKind.TOTP)
    arguments = ("factor", "letter", "--person", "roos", "--address", "R. Willems, Kade 1")
    refused = sluis_there(*arguments)
    assert refused.exit_code == 1 and "name it with --factor" in refused.output
    assert all(f"{one.id}  totp, added on " in refused.output for one in (own, other))
    assert not [m for m in world.deliver_mail() if m["channel"] == "letter"]
    sent = sluis_there(*arguments, "--factor", own.id)
    assert sent.exit_code == 0 and "for the factor totp, added on" in sent.output
    set_clock(world)
    assert [m["channel"] for m in world.deliver_mail()].count("letter") == 1


def test_where_a_factor_counts_is_told_where_it_is_and_where_it_does_not_help(
    world: World, sluis_there: Sluis
) -> None:
    """The makelaar of Piet is not trusted for it: a letter does not change that."""
    browser = arrive(world, "piet", "Veerhuis")
    add_app(world, browser)
    code = with_letter(world, sluis_there, "piet")
    browser.open(BASE)
    browser.click("Vul de code uit de brief in")
    browser.fill("code", code)
    page = browser.click("Bevestig het inlogmiddel")
    assert "Dit inlogmiddel is bevestigd" in page.text
    assert (
        "telt nu mee" not in page.text
        and "Bij Veerhuis telt een inlogmiddel van Sluis niet" in page.text
    )
    assert "Bij Veerhuis telt een inlogmiddel van Sluis niet" in browser.click("Bekijk").text
    page = world.walk("Lozing melden", "Veerhuis", "piet").run()
    assert page.heading == "Uw niveau is te laag voor deze dienst"
    assert "Dat telt bij Veerhuis niet mee" in page.text
    counts = arrive(world, "yara", "Brugwacht").open(BASE)
    assert "Een inlogmiddel telt mee als u inlogt bij Brugwacht." in counts.text


def test_a_letter_takes_three_tries_and_a_new_one_ends_the_old(
    world: World, sluis_there: Sluis
) -> None:
    browser = arrive(world, "roos", "Brugwacht")
    browser.open(f"{BASE}/app")
    assert browser.page is not None
    seed = str(browser.page.tree.get_element_by_id("sleutel").text_content()).replace(" ", "")
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    browser.click("Voeg de app toe")
    old = with_letter(world, sluis_there)
    new = with_letter(world, sluis_there)
    browser.open(BASE)
    browser.click("Vul de code uit de brief in")
    for wrong in (old, "AAAA-BBBB-CCCC", ""):
        browser.fill("code", wrong)
        browser.click("Bevestig het inlogmiddel")
    assert browser.page.status == 422 or browser.page.status == 404
    page = browser.open(BASE)
    assert "Vul de code uit de brief in" not in page.text  # new is used up as well
    (factor,) = factors_of(world, "roos", FactorKind.TOTP)
    assert factor.bound_by is BoundBy.SELF and new
