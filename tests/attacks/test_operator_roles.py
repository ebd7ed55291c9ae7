"""The console of operators: every address with every role, and what happens to others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.actor import Actor
from admin.factor_resets import requests
from admin.factor_resets.requests import ResetRequestForm
from admin.operators.roles import OperatorRole
from assurance import second_factor
from assurance.identity_documents import (
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import Contact, MeansRequest, RequestKind, seal_contact
from directory.change_forms import ChangeForm, FormKind, FormState
from directory.consoles import BEHEER
from directory.dates import day_of
from directory.organisations import Organisation
from directory.people import Role
from keys.person_key import PersonKeys
from sandbox.browser import Browser, Page
from state import audit, trace_search
from state.audit import EventTag
from state.db import new_id, writing
from state.trace_search import Wanted
from tests.operators import HERE, at_console, make_operator, make_person
from tests.world import ADDRESSES, World, make_world

VIEWER, HELPDESK, CONFIGURATOR, KEY_OFFICER, AUDITOR = OperatorRole
TRACES = {VIEWER, HELPDESK, CONFIGURATOR, AUDITOR}
RESETS = {HELPDESK, CONFIGURATOR}
EVERYBODY = set(OperatorRole)
ASKS_AGAIN = {  # without a field that it needs
    ("POST", "/herstel/zoek"),
    ("POST", "/aanvragen/<request_id>/identificatie"),
    ("POST", "/aanvragen/<request_id>/afkeuren"),
    ("POST", "/formulieren/<form_id>"),
    ("POST", "/sessies/<provider_id>"),
}

# What docs/operators/console.md promises. Addresses without roles are for whoever has the link, or
# say nothing.
ROLES: dict[tuple[str, str], set[OperatorRole]] = {
    ("GET", ""): EVERYBODY,
    ("GET", "/inlogspoor"): TRACES,
    ("GET", "/inlogspoor/lijst"): TRACES,
    ("GET", "/inlogspoor/<which>"): TRACES,
    ("POST", "/inlogspoor/<trace_id>/download"): TRACES,
    ("GET", "/certificaten"): EVERYBODY,
    ("GET", "/metadata"): EVERYBODY,
    ("POST", "/metadata/bestand"): EVERYBODY,
    ("GET", "/metadata/<kind>/<key>"): EVERYBODY,
    ("POST", "/metadata/<kind>/<key>/kijk"): {CONFIGURATOR},
    ("GET", "/metadata/<kind>/<key>/besluit"): {CONFIGURATOR},
    ("POST", "/metadata/<kind>/<key>/besluit"): {CONFIGURATOR},
    ("POST", "/metadata/<kind>/<key>/heropen"): {CONFIGURATOR},
    ("GET", "/sessies"): {CONFIGURATOR},
    ("GET", "/sessies/<provider_id>"): {CONFIGURATOR},
    ("POST", "/sessies/<provider_id>"): {CONFIGURATOR},
    ("GET", "/operators"): {CONFIGURATOR, KEY_OFFICER, AUDITOR},
    ("POST", "/operators/bestand"): {CONFIGURATOR, KEY_OFFICER, AUDITOR},
    ("POST", "/inlogspoor/bestand"): TRACES,
    ("GET", "/operators/<person_id>/beeindigen"): {CONFIGURATOR},
    ("POST", "/operators/<person_id>/beeindigen"): {CONFIGURATOR},
    ("GET", "/aanvragen"): RESETS,
    ("GET", "/aanvragen/<request_id>"): RESETS,
    ("GET", "/aanvragen/<request_id>/identiteitsbewijs/<document_id>"): RESETS,
    ("POST", "/aanvragen/<request_id>/identificatie"): RESETS,
    ("POST", "/aanvragen/<request_id>/goedkeuren"): RESETS,
    ("POST", "/aanvragen/<request_id>/afkeuren"): RESETS,
    ("GET", "/formulieren"): RESETS,
    ("GET", "/formulieren/<form_id>"): RESETS,
    ("POST", "/formulieren/<form_id>"): RESETS,
    ("GET", "/accounts"): RESETS,
    ("GET", "/herstel"): RESETS,
    ("POST", "/herstel/zoek"): RESETS,
    ("GET", "/herstel/aanvraag/<handle>"): RESETS,
    ("POST", "/herstel/aanvraag/<handle>"): RESETS,
    ("GET", "/herstel/<reset_id>"): RESETS,
    ("POST", "/herstel/<reset_id>"): RESETS,
}
OPEN = {
    ("POST", "/uitloggen"),
    ("GET", "/uitgelogd"),
    ("GET", "/instellen/<secret>"),
    ("POST", "/instellen/<secret>"),
    ("GET", "/instellen"),
    ("POST", "/instellen"),
    ("POST", "/instellen/codes"),
    ("GET", "/instellen/passkey"),
    ("POST", "/instellen/passkey"),
    ("POST", "/instellen/klaar"),
    ("GET", "/ingesteld"),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("world"))
    made.walk("Meldportaal Bodem", "Polderpoort", "jan").run()
    return made


def routes(world: World) -> set[tuple[str, str]]:
    prefix = "/operator"
    return {
        (method, rule.rule.removeprefix(prefix))
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("operator.")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }


def filled(world: World, path: str) -> str:
    """The address with things that exist."""
    with world.session() as session:
        trace_id = trace_search.newest(session, Wanted(), limit=1)[0].id
    path = path.replace("<kind>/<key>", "makelaar/polderpoort")
    path = path.replace("<provider_id>", "polderpoort")
    path = path.replace("<which>", trace_id).replace("<trace_id>", trace_id)
    if "<person_id>" in path:
        other = make_operator(world, f"ander{len(path)}{trace_id[:4]}{next(NUMBERS)}", VIEWER)
        path = path.replace("<person_id>", other.person_id)
    if "<reset_id>" in path:
        path = path.replace("<reset_id>", _reset(world))
    if "<request_id>" in path:
        request_id = _means_request(world)
        path = path.replace("<request_id>", request_id)
        if "<document_id>" in path:
            path = path.replace("<document_id>", _scan(world, request_id))
    if "<form_id>" in path:
        path = path.replace("<form_id>", _form(world))
    return path.replace("<handle>", "gone")


def _means_request(world: World) -> str:
    """One that an administrator asked for somebody new."""
    sealer, now, contact = world.process.sealer, world.clock(), Contact(("Straat 1", "Plaats"))
    number, roos = next(NUMBERS), make_person(world, "Roos")
    with world.session() as session, writing(session):
        session.add(
            IssuedMeans(id=f"m{number}", person_id=roos, level=AssuranceLevel.EH2, asked_at=now)
        )
        session.flush()
        session.add(
            MeansRequest(
                id=f"r{number}",
                means_id=f"m{number}",
                kind=RequestKind.NEW,
                organisation_id=session.scalars(select(Organisation.id)).first(),
                asked_by="sanne",
                asked_at=now,
                reference="ABCD2345",
                level=AssuranceLevel.EH2,
                role=Role.MEMBER,
                organisations=[],
                contact=seal_contact(sealer, f"r{number}", contact),
            )
        )
    return f"r{number}"


def _scan(world: World, request_id: str) -> str:
    """The identity document that came with it."""
    with world.session() as session, writing(session):
        request = session.get_one(MeansRequest, request_id)
        made = session.get_one(IssuedMeans, request.means_id)
        row = IdentityDocumentFile(
            id=new_id(),
            person_id=made.person_id,
            organisation_id=request.organisation_id,
            brought_by="sanne",
            brought_at=world.clock(),
            draft_id=request_id,
            request_id=request_id,
            kind=IdentityDocumentKind.PASSPORT,
            side=DocumentSide.WHOLE,
            expires_on=day_of(world.clock()),
            media_type="application/pdf",
            size=4,
            scanner="clamd",
        )
        keys = PersonKeys(session, world.process.sealer)
        row.content = keys.seal_content(made.person_id, b"scan", row.context, 0, world.clock())
        session.add(row)
        return row.id


def _form(world: World) -> str:
    """A change form that waits."""
    with world.session() as session, writing(session):
        form_id = new_id()
        session.add(
            ChangeForm(
                id=form_id,
                organisation_id=session.scalars(select(Organisation.id)).first(),
                person_id="sanne",
                kind=FormKind.OTHER,
                state=FormState.OPEN,
                asked=world.process.sealer.seal(b"Vraag", f"change_form:{form_id}"),
                reference="ABCD2345",
                sent_at=world.clock(),
            )
        )
    return form_id


def _reset(world: World) -> str:
    """A request that waits."""
    anna = make_operator(world, f"vrager{next(NUMBERS)}", HELPDESK)
    roos, now = make_person(world, "Roos"), world.clock()
    with world.session() as session, writing(session):
        app = second_factor.bind_totp(
            session,
            world.process.sealer,
            person_id=roos,
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=now,
        )
        session.flush()
        wish = ResetRequestForm(frozenset({app.id}), "lost", "in_person")
        return requests.ask(session, roos, wish, actor=Actor.operator(anna.person_id), now=now).id


NUMBERS = iter(range(1000))


def ask(browser: Browser, method: str, url: str, token_from: str = HERE) -> Page:
    if method == "GET":
        return browser.open(url)
    page = browser.open(token_from)
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    return browser.post(url, [("csrf_token", token)])


def test_A_09_every_address_of_the_console_is_in_the_table(world: World) -> None:
    assert routes(world) == set(ROLES) | OPEN


@pytest.mark.parametrize("role", OperatorRole)
@pytest.mark.parametrize(("method", "path"), ROLES)
def test_A_09_a_role_opens_what_is_documented_and_nothing_else(
    world: World, method: str, path: str, role: OperatorRole
) -> None:
    somebody = make_operator(world, f"{role.value.replace('_', '-')}-{next(NUMBERS)}", role)
    page = ask(at_console(world, somebody.person_id), method, HERE + filled(world, path))
    if role in ROLES[method, path]:
        assert page.status == (422 if (method, path) in ASKS_AGAIN else 200), page.text
        assert "Dit hoort niet bij uw rol" not in page.text
    else:
        assert (page.status, page.heading) == (403, "Dit hoort niet bij uw rol")


@pytest.mark.parametrize(("method", "path"), ROLES)
def test_A_09_without_a_role_nothing_opens(world: World, method: str, path: str) -> None:
    stranger = at_console(world, make_person(world, "Ali"))
    page = ask(stranger, method, HERE + filled(world, path))
    assert (page.status, page.heading) == (403, "U bent geen operator")
    assert "Vraag het aan wie Sluis bij u beheert" in page.text


@pytest.mark.parametrize(("method", "path"), ROLES)
def test_A_09_without_a_session_nothing_opens(world: World, method: str, path: str) -> None:
    browser = world.browser()
    page = ask(browser, method, HERE + filled(world, path), f"{ADDRESSES.broker}/beheer")
    if path == "/inlogspoor/lijst":  # asked by a script: no login begins
        assert (page.status, page.text) == (401, "")
    else:
        assert page.url.startswith(f"{ADDRESSES.broker}/login/")


def test_a_denied_access_is_audited_with_who_and_where(world: World) -> None:
    somebody = make_operator(world, "nieuwsgierig", KEY_OFFICER)
    at_console(world, somebody.person_id).open(f"{HERE}/inlogspoor")
    with world.session() as session:
        (event,) = audit.recent(
            session, tags=[EventTag.ACCESS_DENIED], person_id=somebody.person_id
        )
    assert event.reason == "role"
    assert event.details == {"permission": "traces", "page": "operator.traces"}


def test_a_session_of_another_console_opens_nothing_here(world: World) -> None:
    somebody = make_operator(world, "verdwaald", CONFIGURATOR)
    browser = at_console(world, somebody.person_id, BEHEER)
    assert browser.open(HERE).url.startswith(f"{ADDRESSES.broker}/login/")
    assert at_console(world, somebody.person_id).open(HERE).heading == "Overzicht"


def test_the_menu_offers_what_the_role_opens(world: World) -> None:
    for role, words in (
        (KEY_OFFICER, {"Operators"}),
        (HELPDESK, {"Inlogspoor", "Herstel", "Aanvragen", "Accounts", "Formulieren"}),
    ):
        somebody = make_operator(world, f"menu-{role.value.replace('_', '-')}", role)
        page = at_console(world, somebody.person_id).open(HERE)
        menu = {" ".join(a.text_content().split()) for a in page.tree.xpath("//nav//a")}
        menu -= {"Verzoeken", "Vertrouwen"}  # groups, which lead to their first page
        assert menu == {"Overzicht", "Certificaten", "Metadata"} | words
