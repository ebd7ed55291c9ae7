"""Lists of the operators' console: who may do what here, and which logins failed and why."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from admin.operators.roles import OperatorRole
from sandbox.browser import Browser, Page
from state import audit, trace
from state.audit import EventTag
from state.db import writing
from state.trace import NOT_BEGUN, TraceRecord, TraceStep
from tests.operators import HERE, at_console, later, make_operator
from tests.world import World


def desk(world: World, role: OperatorRole = OperatorRole.AUDITOR) -> Browser:
    somebody = make_operator(world, f"kijker{role[:4]}", role)
    return at_console(world, somebody.person_id)


def names(page: Page) -> list[str]:
    return [cell.text_content().split()[0] for cell in page.tree.xpath("//tbody/tr/th")]


def test_operators_are_searched_filtered_put_in_order_and_leafed_through(own_world: World) -> None:
    for number in range(30):
        make_operator(own_world, f"anna{number:02}", OperatorRole.VIEWER)
    make_operator(own_world, "zeno", OperatorRole.HELPDESK)
    browser = desk(own_world)
    page = browser.open(f"{HERE}/operators")
    assert len(names(page)) == 25 and "1 tot en met 25 van 32 rijen" in page.text
    page = browser.click("Volgende")
    assert names(page)[-1] == "Zeno"
    page = browser.open(f"{HERE}/operators")
    page = browser.click("Naam")  # the head of the column
    assert names(page)[0] == "Zeno"
    assert page.tree.xpath("//th[@aria-sort='descending']")
    page = browser.click("50")
    assert len(names(page)) == 32 and names(page)[0] == "Zeno"
    browser.fill("zoek", "ZENO")
    page = browser.click("Toon")
    assert names(page) == ["Zeno"] and page.url.count("per=50") == 1
    browser.fill("rol", "auditor")
    page = browser.click("Toon")
    assert "Geen operator past bij deze filters." in page.text
    page = browser.click("Wis de filters")
    assert len(names(page)) == 32


def test_a_filter_that_nobody_knows_shows_nothing_and_says_so(own_world: World) -> None:
    browser = desk(own_world)
    for query in ({"rol": "baas"}, {"zoek": "\0"}, {"stand": "x" * 500}):
        page = browser.open(f"{HERE}/operators?{urlencode(query)}")
        assert page.status == 200 and names(page) == []
        assert "Wij begrijpen dit filter niet" in page.text
        assert page.tree.xpath("//*[@aria-invalid='true']")
    assert names(browser.open(f"{HERE}/operators?rol=auditor"))


def test_the_list_as_filtered_is_taken_along_and_that_is_audited(own_world: World) -> None:
    make_operator(own_world, "zeno", OperatorRole.HELPDESK)
    browser = desk(own_world)
    browser.open(f"{HERE}/operators?rol=helpdesk")
    page = browser.click("Download csv")
    assert page.answer.header("Content-Disposition") == 'attachment; filename="operators.csv"'
    assert (page.answer.header("Content-Type") or "").startswith("text/csv")
    text = page.answer.body.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert head == ["Naam", "Gebruikersnaam", "Rol", "Sinds (Europe/Amsterdam)", "Stand"]
    assert [row[:3] for row in rows] == [["Zeno Kuiper", "zeno", "helpdesk"]]
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.EXPORT_MADE,))
    assert event.details == {"kind": "operators", "layout": "csv", "filters": "rol"}
    assert event.person_id


def cells(page: Page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.tree.xpath("//section[1]//tbody/tr")
    ]


def keep(world: World, *records: TraceRecord) -> None:
    with world.session() as session, writing(session):
        for record in records:
            trace.save(session, record)


def a_login(world: World, number: int, **changes: object) -> TraceRecord:
    """A login that failed so many minutes ago."""
    ended = world.clock() - timedelta(minutes=number)
    record = TraceRecord(
        reference=f"{number:08}",
        started_at=ended - timedelta(seconds=34),
        ended_at=ended,
        outcome="refused",
        reason="message_rejected",
        provider_id="polderpoort",
        steps=(TraceStep("conditions", "rejected", "audience", 34_000),),
    )
    return replace(record, **changes)  # type: ignore[arg-type]


def test_every_row_says_why_and_when_to_the_second(own_world: World) -> None:
    keep(
        own_world,
        a_login(own_world, 1),
        a_login(own_world, 2, outcome="success", reason=None, steps=()),
        a_login(own_world, 3, reason="never_heard_of", steps=()),
    )
    ended = own_world.clock() - timedelta(minutes=1)
    browser = desk(own_world)
    failed, succeeded, unknown = cells(browser.open(f"{HERE}/inlogspoor"))
    assert "is voor een andere partij bedoeld." in failed[3]
    assert f".{ended:%M.%S}" in failed[4] and "duurde 34 seconden" in failed[4]
    assert succeeded[3] == "Gelukt"
    assert "never_heard_of" in unknown[3]
    start = browser.open(HERE)
    assert f".{ended:%M.%S}" in start.text and failed[3].removeprefix("Mislukt") in start.text


def test_what_happens_most_leads_to_the_logins_it_happened_in(own_world: World) -> None:
    other = (TraceStep("signature", "rejected", "signature_key", 1),)
    keep(own_world, *(a_login(own_world, number) for number in range(3)))
    keep(own_world, a_login(own_world, 5, steps=other, provider_id="zekerweg"))
    yesterday = [a_login(own_world, 24 * 60 + n, steps=other) for n in range(1, 9)]
    keep(own_world, *yesterday)
    browser = desk(own_world)
    page = browser.open(HERE)
    found = page.tree.xpath("//section[@aria-labelledby='vaak']//a")
    assert [one.text_content().split()[0] for one in found] == ["3", "1"]  # of this day
    page = browser.follow(found[0])
    assert "reden=audience" in page.url and len(cells(page)) == 3
    page = browser.open(f"{HERE}/inlogspoor?makelaar=zekerweg")
    found = page.tree.xpath("//section[@aria-labelledby='vaak']//a")
    assert [one.text_content().split()[0] for one in found] == ["1"]
    page = browser.follow(found[0])
    assert "makelaar=zekerweg" in page.url and len(cells(page)) == 1


def test_logins_are_filtered_by_day_and_reason(own_world: World) -> None:
    midnight = own_world.clock().replace(hour=23, minute=0, second=0, microsecond=0)
    before = midnight - timedelta(days=1, seconds=1)  # 23.59.59 in the Netherlands, in winter
    keep(
        own_world,
        a_login(own_world, 1, reference="AAAAAAAA", started_at=before, ended_at=before),
        a_login(
            own_world,
            2,
            reference="BBBBBBBB",
            started_at=before,
            ended_at=before + timedelta(seconds=1),
        ),
    )
    browser = desk(own_world)
    day = f"{before:%Y-%m-%d}"
    assert [row[0] for row in cells(browser.open(f"{HERE}/inlogspoor?dag={day}"))] == ["AAAA-AAAA"]
    next_day = f"{before + timedelta(days=1):%Y-%m-%d}"
    page = browser.open(f"{HERE}/inlogspoor?dag={next_day}&reden=audience")
    assert [row[0] for row in cells(page)] == ["BBBB-BBBB"]
    assert cells(browser.open(f"{HERE}/inlogspoor?dag={next_day}&reden=expired")) == []
    page = browser.open(f"{HERE}/inlogspoor?dag=gisteren")
    assert cells(page) == [] and "Wij begrijpen dit filter niet" in page.text


def test_a_login_in_progress_is_found_by_what_stopped_it(own_world: World) -> None:
    """The page that says what is missing is kept before the login ends, and what it says then
    takes its place.
    """
    record = a_login(own_world, 1)
    with own_world.session() as session, writing(session):
        trace.save(session, record, trace_id="a" * 26)
    other = replace(record, steps=(TraceStep("mandate", "refused", "mandate_missing", 1),))
    with own_world.session() as session, writing(session):
        trace.amend(session, other, trace_id="a" * 26)
    browser = desk(own_world)
    assert cells(browser.open(f"{HERE}/inlogspoor?reden=audience")) == []
    assert len(cells(browser.open(f"{HERE}/inlogspoor?reden=mandate_missing"))) == 1


def test_a_step_that_was_repeated_is_one_row(own_world: World) -> None:
    wrong = TraceStep("step-up", "failed", "wrong_code", 10)
    received = TraceStep("received", "accepted", None, 0)
    record = a_login(own_world, 1, steps=(received, wrong, wrong, replace(wrong, milliseconds=99)))
    page_of_error = a_login(
        own_world, 1, outcome=NOT_BEGUN, steps=(TraceStep("page", "failed", "audience", 0),)
    )
    keep(own_world, record, page_of_error, page_of_error)
    page = desk(own_world).open(f"{HERE}/inlogspoor/{record.reference}")
    steps = page.tree.xpath("//section[1]//ol[contains(@class, 'sluis-trace')]/li")
    assert len(steps) == 2 and "3 keer achter elkaar" in steps[1].text_content()
    assert "+99 ms" in steps[1].text_content() and "Mislukt bij stap 2" in page.text
    assert len(page.tree.xpath("//section")) == 2
    assert "2 keer, dit is de laatste" in page.text


def test_the_logins_of_a_filter_are_taken_along(own_world: World) -> None:
    keep(own_world, *(a_login(own_world, number) for number in range(230)))
    keep(own_world, a_login(own_world, 900, provider_id="zekerweg"))
    browser = desk(own_world)
    browser.open(f"{HERE}/inlogspoor?makelaar=polderpoort&live=nee")
    page = browser.click("Download csv")
    head, *found = csv.reader(io.StringIO(page.answer.body.decode("utf-8-sig")), delimiter=";")
    assert head[0] == "Code" and len(found) == 230
    assert len({row[0] for row in found}) == 230
    assert found[0][5:7] == ["Mislukt", "audience"]
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.EXPORT_MADE,))
    assert event.details == {"kind": "traces", "layout": "csv", "filters": "makelaar"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_login_that_is_asked_again_says_why(own_world: World, language: str) -> None:
    browser = desk(own_world, OperatorRole.HELPDESK)
    said = {"nl": "langer dan 10 minuten geleden", "en": "more than 10 minutes ago"}[language]
    assert said not in browser.open(f"{HERE}/herstel?ui={language}").text
    with later(own_world, minutes=11):
        page = browser.open(f"{HERE}/herstel?ui={language}")
        assert page.heading in ("Log in met uw account", "Log in with your account")
        assert said in page.text
    stranger = own_world.browser()
    assert said not in stranger.open(f"{HERE}?ui={language}").text  # was never here
