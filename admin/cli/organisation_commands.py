"""The group ``sluis organisation``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from admin.cli.context import Invocation, explained, fail

KVK = click.argument("kvk")
pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def organisation() -> None:
    """What is known of an organisation, its KvK number, and who administers it."""


@organisation.command()
@KVK
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_invocation
def show(invocation: Invocation, kvk: str, as_json: bool) -> None:
    """What is known of it, by which source; of an old number, where it went."""
    from admin.cli import organisations

    with explained(), _refusals():
        _say(organisations.show(invocation.settings(), kvk, as_json=as_json))


@organisation.command("lookup")
@KVK
@pass_invocation
def look_up(invocation: Invocation, kvk: str) -> None:
    """What the trade register says of a number. Changes nothing."""
    from admin.cli import organisations

    with explained(), _refusals():
        _say(organisations.look_up(invocation.settings(), kvk))


@organisation.command()
@KVK
@pass_invocation
def refresh(invocation: Invocation, kvk: str) -> None:
    """Take what the trade register says of it."""
    from admin.cli import organisations

    with explained(), _refusals():
        _say(organisations.refresh(invocation.settings(), kvk))


@organisation.command()
@KVK
@click.option("--name", required=True, help="As it is registered.")
@click.option("--address", default="", help="Where it is visited, on one line.")
@click.option("--rsin", default="", help="Nine digits.")
@click.option("--telephone", default="", help="As people call it.")
@pass_invocation
def confirm(
    invocation: Invocation, kvk: str, name: str, address: str, rsin: str, telephone: str
) -> None:
    """Say what is true of it, where no register is asked. What is left out is not known."""
    from admin.cli import organisations
    from admin.organisations.records import ConfirmedFacts

    facts = ConfirmedFacts(name=name, address=address, rsin=rsin, telephone=telephone)
    with explained(), _refusals():
        _say(organisations.confirm(invocation.settings(), kvk, facts))


@organisation.command()
@click.argument("old")
@click.argument("new")
@click.option("--rsin", help="The RSIN that it has now. Default: the one it had.")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@pass_invocation
def renumber(invocation: Invocation, old: str, new: str, rsin: str | None, yes: bool) -> None:
    """Give an organisation its new KvK number. Everything that it has stays."""
    from admin.cli import organisations

    if not yes:
        click.confirm(f"Is {old} registered under {new} now? Tokens for it end", abort=True)
    with explained(), _refusals():
        _say(organisations.renumber(invocation.settings(), old, new, rsin))


@organisation.command()
@click.argument("old")
@click.argument("new")
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@pass_invocation
def merge(invocation: Invocation, old: str, new: str, yes: bool) -> None:
    """Let one organisation go up in another, with its people, mandates and branches. This cannot be
    undone.
    """
    from admin.cli import organisations

    if not yes:
        click.confirm(f"Did {old} go up in {new}? This cannot be undone", abort=True)
    with explained(), _refusals():
        _say(organisations.merge(invocation.settings(), old, new))


@organisation.command()
@KVK
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
@pass_invocation
def restore(invocation: Invocation, kvk: str, yes: bool) -> None:
    """Let an organisation count again that was closed here, by its last administrator or by you."""
    from admin.cli import organisations

    if not yes:
        click.confirm(f"May people act for {kvk} again, by what it had?", abort=True)
    with explained(), _refusals():
        _say(organisations.restore(invocation.settings(), kvk))


@organisation.command()
@KVK
@click.option("--from", "begins", type=click.DateTime(["%Y-%m-%d"]), help="Its first day.")
@click.option("--until", "ends", type=click.DateTime(["%Y-%m-%d"]), help="Its last day.")
@pass_invocation
def contract(
    invocation: Invocation, kvk: str, begins: datetime | None, ends: datetime | None
) -> None:
    """Say from when until when its contract runs. What is left out is not known."""
    from admin.cli import organisations

    days = (begins.date() if begins else None, ends.date() if ends else None)
    with explained(), _refusals():
        _say(organisations.contract(invocation.settings(), kvk, *days))


@organisation.command("extend")
@KVK
@click.option("--person", required=True, help="The administrator, by id.")
@pass_invocation
def extend_role(invocation: Invocation, kvk: str, person: str) -> None:
    """Let somebody remain an administrator for five years from today."""
    from admin.cli import organisations

    with explained(), _refusals():
        _say(organisations.extend_role(invocation.settings(), kvk, person))


@contextmanager
def _refusals() -> Iterator[None]:
    from admin.cli.organisations import NotDone

    try:
        yield
    except NotDone as refused:
        fail(str(refused), 2)


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
