"""The group ``sluis operator``."""

from __future__ import annotations

import click

from admin.cli.context import Invocation, explained, fail

ROLES = ("viewer", "helpdesk", "configurator", "key_officer", "auditor")
pass_invocation = click.make_pass_decorator(Invocation)


@click.group()
def operator() -> None:
    """Who may in the console at /operator."""


@operator.command()
@click.option("--name", required=True, help="As colleagues see it, such as 'Robin Kuiper'.")
@click.option("--email", required=True, help="Where messages for this operator go.")
@click.option("--user-name", help="To log in with. Default: what stands before the @.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(ROLES),
    help="What the operator may do. Can be repeated.",
)
@pass_invocation
def create(
    invocation: Invocation, name: str, email: str, user_name: str | None, roles: tuple[str, ...]
) -> None:
    """Make an operator and print a link to set up the access. --role may be repeated."""
    from admin.cli.operating import create_operator
    from admin.operators.access import NameTaken
    from providers.accounts import NameRefused

    with explained():
        try:
            lines = create_operator(
                invocation.settings(), name=name, email=email, user_name=user_name, roles=roles
            )
        except NameRefused as refused:
            fail(f"{refused}; choose one with --user-name or --email", 2)
        except NameTaken as taken:
            fail(f"{taken} is taken; choose another --user-name or --email", 2)
    _say(lines)


@operator.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@pass_invocation
def show(invocation: Invocation, as_json: bool) -> None:
    """Everybody with a role today."""
    from admin.cli.operating import list_operators

    with explained():
        _say(list_operators(invocation.settings(), as_json=as_json))


@operator.command()
@click.argument("user_name")
@pass_invocation
def recover(invocation: Invocation, user_name: str) -> None:
    """Give USER_NAME a new link. The old password, factors and sessions end."""
    from admin.cli.operating import recover_operator
    from admin.operators.access import NoSuchOperator

    with explained():
        try:
            _say(recover_operator(invocation.settings(), user_name))
        except NoSuchOperator:
            _unknown()


@operator.command()
@click.argument("user_name")
@pass_invocation
def end(invocation: Invocation, user_name: str) -> None:
    """Take every role of USER_NAME away and end the account."""
    from admin.cli.operating import end_operator
    from admin.operators.access import NoSuchOperator

    with explained():
        try:
            _say(end_operator(invocation.settings(), user_name))
        except NoSuchOperator:
            _unknown()


def _unknown() -> None:
    fail("no operator with this user name; see: sluis operator list")


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
