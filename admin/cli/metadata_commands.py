"""The group ``sluis metadata``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from admin.cli.context import Invocation, explained, fail

if TYPE_CHECKING:
    from admin.metadata.status import PartyStatus
    from broker.settings import Settings

NAMES = click.argument("names", nargs=-1)
LANGUAGE = click.option(
    "--language",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="Of everything that is printed.",
)
KIND = click.option(
    "--kind", type=click.Choice(["makelaar", "portal"]), help="Where both have this name."
)
pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def metadata() -> None:
    """Metadata of makelaars and portals that speak SAML, and the lists of federations."""


@metadata.command()
@NAMES
@LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@pass_invocation
def status(invocation: Invocation, names: tuple[str, ...], language: str, as_json: bool) -> None:
    """Where the metadata of NAMES, or of all, come from, how long they hold and what waits; ends
    with 3 where something asks for you.
    """
    from admin.cli.metadata import tell_status

    with explained(), _refusals():
        told = tell_status(invocation.settings(), names, language, as_json=as_json)
    for line in told.lines:
        click.echo(line)
    raise SystemExit(0 if told.is_well else 3)


@metadata.command()
@NAMES
@LANGUAGE
@pass_invocation
def refresh(invocation: Invocation, names: tuple[str, ...], language: str) -> None:
    """Look at the addresses of NAMES, or of all, at once; ends with 3 where something was refused
    or waits.
    """
    from admin.cli.metadata import look_now

    with explained(), _refusals():
        told = look_now(invocation.settings(), names, language)
    for line in told.lines:
        click.echo(line)
    raise SystemExit(0 if told.is_well else 3)


def _shown(
    settings: Settings, name: str, kind: str | None, language: str, question: str, *, yes: bool
) -> PartyStatus:
    """What waits of the party, told and asked about. Raises click.Abort for a no."""
    from admin.cli import metadata as telling

    party = telling.what_waits(settings, name, kind, language)
    for line in telling.shown(party, language):
        click.echo(line)
    if not yes:
        click.confirm(question, abort=True)
    return party


@metadata.command()
@click.argument("name")
@KIND
@LANGUAGE
@click.option("--because", default="", help="Why, for the audit.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def approve(
    invocation: Invocation, name: str, kind: str | None, language: str, because: str, yes: bool
) -> None:
    """Show what waits of the party NAME, and take it."""
    from admin.cli import metadata as telling

    with explained(), _refusals():
        settings = invocation.settings()
        party = _shown(settings, name, kind, language, "Take this?", yes=yes)
        for line in telling.approve(settings, party, language, because=because):
            click.echo(line)


@metadata.command()
@click.argument("name")
@KIND
@LANGUAGE
@click.option("--because", required=True, help="Why, for the audit.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def reject(
    invocation: Invocation, name: str, kind: str | None, language: str, because: str, yes: bool
) -> None:
    """Show what waits of the party NAME, and do not take it: the same does not wait again."""
    from admin.cli import metadata as telling

    with explained(), _refusals():
        settings = invocation.settings()
        party = _shown(settings, name, kind, language, "Reject this?", yes=yes)
        for line in telling.reject(settings, party, language, because=because):
            click.echo(line)


@metadata.command()
@click.argument("name")
@KIND
@LANGUAGE
@pass_invocation
def reconsider(invocation: Invocation, name: str, kind: str | None, language: str) -> None:
    """Let what was rejected of the party NAME wait again."""
    from admin.cli.metadata import reconsider as again

    with explained(), _refusals():
        for line in again(invocation.settings(), name, kind, language):
            click.echo(line)


@contextmanager
def _refusals() -> Iterator[None]:
    """What is not known or cannot be, in words."""
    from admin.cli.metadata import NoSuchParty
    from admin.metadata.approval import CannotBeTaken, NothingWaits, ReasonMissing

    try:
        yield
    except NoSuchParty as missing:
        fail(
            f"no party with SAML metadata is called {missing}, or a makelaar and a portal both "
            "are: see sluis metadata status, or add --kind",
            2,
        )
    except NothingWaits:
        fail("nothing of it waits, or something else than was shown; look again", 3)
    except ReasonMissing:
        fail("say why with --because, in at most 500 characters", 2)
    except CannotBeTaken as refused:
        fail(f"it would stop logins: {refused}", 3)
