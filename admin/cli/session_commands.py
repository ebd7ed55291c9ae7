"""The group ``sluis session``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from admin.cli.context import Invocation, explained, fail

if TYPE_CHECKING:
    from admin.people.sessions import SessionChoice

PERSON = click.option("--person", help="Those of this person, by id.")
MAKELAAR = click.option("--makelaar", help="Those from a login at this makelaar, by id.")
pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def session() -> None:
    """Where people are logged in: sessions of browsers, and at our consoles."""


@session.command("list")
@PERSON
@MAKELAAR
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_invocation
def show(invocation: Invocation, person: str | None, makelaar: str | None, as_json: bool) -> None:
    """List what runs, last used first; without a choice the first hundred."""
    from admin.cli.sessions import list_sessions

    wanted = _wanted(None, person, makelaar)
    with explained(), _refusals():
        for line in list_sessions(invocation.settings(), wanted, as_json=as_json):
            click.echo(line)


@session.command()
@click.option("--id", "session_id", help="This one, by the id that list shows.")
@PERSON
@MAKELAAR
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def end(
    invocation: Invocation,
    session_id: str | None,
    person: str | None,
    makelaar: str | None,
    yes: bool,
) -> None:
    """End sessions; portals that can be told are told. Name one of --id, --person, --makelaar."""
    from admin.cli.sessions import count_sessions, end_sessions

    wanted = _wanted(session_id, person, makelaar)
    if not any((session_id, person, makelaar)):
        fail("say which: --id, --person or --makelaar", 2)
    with explained(), _refusals():
        if not yes:
            told = count_sessions(invocation.settings(), wanted)
            click.confirm(f"End {told}?", abort=True)
        for line in end_sessions(invocation.settings(), wanted):
            click.echo(line)


def _wanted(session_id: str | None, person: str | None, makelaar: str | None) -> SessionChoice:
    from admin.people.sessions import SessionChoice

    if len([one for one in (session_id, person, makelaar) if one]) > 1:
        fail("--id, --person and --makelaar are each a choice of its own; give one", 2)
    return SessionChoice(session_id or None, person or None, makelaar or None)


@contextmanager
def _refusals() -> Iterator[None]:
    """What is not known, in words."""
    from admin.people.sessions import NoSuchMakelaar, NoSuchSession
    from directory.people import NoSuchPerson

    try:
        yield
    except NoSuchPerson:
        fail("no person with this id", 2)
    except NoSuchMakelaar:
        fail("no makelaar with this id; accounts of our own: --makelaar sluis", 2)
    except NoSuchSession:
        fail("no session runs under this id: it ended, or see sluis session list", 2)
