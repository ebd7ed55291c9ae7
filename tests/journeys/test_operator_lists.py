"""An auditor looks up who may do what here, and takes the list along."""

from __future__ import annotations

import csv
import io
from urllib.parse import urlencode

from admin.operators.roles import OperatorRole
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.operators import HERE, at_console, make_operator
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
    page = browser.click("Download lijst")
    assert page.answer.header("Content-Disposition") == 'attachment; filename="operators.csv"'
    assert (page.answer.header("Content-Type") or "").startswith("text/csv")
    text = page.answer.body.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text), delimiter=";")
    assert head == ["Naam", "Gebruikersnaam", "Rol", "Sinds", "Stand"]
    assert [row[:3] for row in rows] == [["Zeno Kuiper", "zeno", "helpdesk"]]
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.EXPORT_MADE,))
    assert event.details == {"kind": "operators", "layout": "csv", "filters": "rol"}
    assert event.person_id
