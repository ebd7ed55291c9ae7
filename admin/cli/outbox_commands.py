"""The commands under ``sluis outbox``."""

from __future__ import annotations

from typing import Literal

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def outbox() -> None:
    """See which messages wait or were given up, and offer those again."""


@outbox.command("list")
@click.option("--state", type=click.Choice(["waiting", "sent", "given-up"]), help="Only these.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@pass_invocation
def list_outbox(
    invocation: Invocation, state: Literal["waiting", "sent", "given-up"] | None, as_json: bool
) -> None:
    """List the newest hundred messages, without recipient or content."""
    from admin.cli.queue import list_messages

    with explained():
        lines = list_messages(invocation.settings(), state, as_json=as_json)
    for line in lines:
        click.echo(line)


@outbox.command("retry")
@click.argument("message_id", metavar="ID", required=False)
@click.option("--all-given-up", is_flag=True, help="Every message that was given up this week.")
@pass_invocation
def retry_outbox(invocation: Invocation, message_id: str | None, all_given_up: bool) -> None:
    """Offer the message with this ID again, from the first attempt on."""
    from admin.cli.queue import retry_messages

    if (message_id is None) is not all_given_up:
        fail("name one ID of: sluis outbox list --state given-up, or write --all-given-up", 2)
    with explained():
        number = retry_messages(invocation.settings(), message_id)
    if message_id is not None and not number:
        fail("this message was not given up, or its content is gone after a week")
    click.echo(f"{number} message(s) will be sent again.")
