"""Makelaars whose answers to the broker are spoiled, and registrations that do not fit them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from admin.operators.roles import OperatorRole
from admin.traces.explanation import ExplainedLogin, explain
from sandbox.browser import Browser, Page
from sandbox.wire import Answer, Wire
from state import registrations
from state.db import writing
from state.registrations import Kind
from tests.operators import HERE, at_console, make_operator
from tests.world import InProcessOutgoing, World

Spoil = Exception | Answer | Callable[[Answer], Answer]
CODE: Final = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
JSON: Final = (("Content-Type", "application/json"),)


@dataclass
class SpoiledWire:
    """Answers to calls by the end of their address; the others as they were."""

    wire: Wire
    spoils: Mapping[str, Spoil]

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        spoil = next((s for end, s in self.spoils.items() if url.endswith(end)), None)
        if isinstance(spoil, Exception):
            raise spoil
        if isinstance(spoil, Answer):
            return spoil
        answer = self.wire.request(method, url, body, headers)
        return answer if spoil is None else spoil(answer)


@contextmanager
def spoiled(world: World, spoils: Mapping[str, Spoil]) -> Iterator[None]:
    """Calls of the broker only: browsers go on as before."""
    outgoing = world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    kept = outgoing.wire
    outgoing.wire = SpoiledWire(kept, spoils)  # type: ignore[assignment]
    try:
        yield
    finally:
        outgoing.wire = kept


def as_json(document: object, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(document).encode())


def members(**changes: Any) -> Callable[[Answer], Answer]:
    """The JSON of an answer with these members; None takes one away."""

    def change(answer: Answer) -> Answer:
        found = {**json.loads(answer.body), **changes}
        return as_json({name: value for name, value in found.items() if value is not None})

    return change


def register_anyhow(world: World, makelaar: str, section: str, **changes: Any) -> None:
    """Let this registration stand, as one does that was made before the rule against it."""
    with world.session() as session, writing(session):
        row = registrations.standing(session, Kind.IDENTITY_PROVIDER, makelaar)
        assert row is not None
        document = {**row.document, section: {**row.document[section], **changes}}
        registrations.save(session, Kind.IDENTITY_PROVIDER, makelaar, document, world.clock())
    world.process.holder.refresh()


def code_on(page: Page) -> str:
    found = CODE.search(page.text)
    assert found is not None, page.text
    return found[0]


def explained(world: World, page: Page, language: str = "nl") -> ExplainedLogin:
    """What ``sluis trace`` knows of the login whose page this is."""
    with world.session() as session:
        found = explain(session, code_on(page), language)
    assert found is not None and found.record is not None and found.told is not None
    return found


def desk(world: World) -> Browser:
    """An operator who looks up traces."""
    robin = make_operator(world, "robin", OperatorRole.HELPDESK)
    return at_console(world, robin.person_id)


def at_desk(robin: Browser, code: str) -> Page:
    """The page of the console about the login with this code."""
    robin.open(HERE)
    robin.fill("code", code)
    return robin.click("Zoek")
