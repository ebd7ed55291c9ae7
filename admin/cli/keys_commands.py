"""The commands under ``sluis keys``."""

from __future__ import annotations

from datetime import datetime

import click

from admin.cli.certificate_commands import (
    BY_KID,
    keys_certificates,
    keys_import,
    keys_request,
    keys_use_from,
)
from admin.cli.context import Invocation, explained, fail
from admin.cli.master_key_commands import master
from admin.cli.moments import Since

pass_invocation = click.make_pass_decorator(Invocation)
KEY_USES = (
    *("oidc_signing", "saml_signing", "saml_encryption", "saml_idp_signing"),
    *("client_signing", "client_encryption", "audit_signing"),
)


@click.group()
def keys() -> None:
    """Signing and encryption keys: what stands, rotation, revocation; and the master key."""


for command in (master, keys_request, keys_import, keys_use_from, keys_certificates):
    keys.add_command(command)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="With whole ids, for programs.")
@pass_invocation
def keys_list(invocation: Invocation, as_json: bool) -> None:
    """Show each key in use, and when it moves on."""
    from admin.cli.keys import list_keys

    with explained():
        for line in list_keys(invocation.settings(), as_json=as_json):
            click.echo(line)


@keys.command("public", context_settings=BY_KID)
@click.argument("kid")
@pass_invocation
def keys_public(invocation: Invocation, kid: str) -> None:
    """Show the public half of the key KID in PEM, for a party that keeps it by hand."""
    from admin.cli.keys import public_pem
    from keys.revocation import NoSuchKey

    with explained():
        try:
            click.echo(public_pem(invocation.settings(), kid), nl=False)
        except NoSuchKey as unknown:
            fail(str(unknown), 2)


@keys.command("rotate")
@click.option("--use", type=click.Choice(KEY_USES), help="Only this use. Default: all.")
@click.option("--plan", "only_plan", is_flag=True, help="Show the calendar; change nothing.")
@click.option("--from", "used_from", type=Since(), help="The day from which they are used.")
@pass_invocation
def keys_rotate(
    invocation: Invocation, use: str | None, only_plan: bool, used_from: datetime | None
) -> None:
    """Publish next keys. Each is used once partners had the time to read it."""
    from admin.cli.keys import calendar, rotate
    from keys.signing_key import KeyUse

    uses = [KeyUse(use)] if use is not None else list(KeyUse)
    with explained():
        settings = invocation.settings()
        lines = calendar(settings, uses) if only_plan else rotate(settings, uses, used_from)
        for line in lines:
            click.echo(line)


@keys.command("revoke", context_settings=BY_KID)
@click.argument("kid")
@click.option("--now", "at_once", is_flag=True, help="Needed: there is no other way to revoke.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def keys_revoke(invocation: Invocation, kid: str, at_once: bool, yes: bool) -> None:
    """Retire the key KID at once, and replace it when it was the active one."""
    from admin.cli.keys import revoke_now, warning
    from keys.revocation import NoSuchKey

    if not at_once:
        fail("revoking breaks logins: add --now, or use: sluis keys rotate", 2)
    with explained():
        settings = invocation.settings()
        try:
            for line in warning(settings, kid):
                click.echo(line)
            if not yes:
                click.confirm("Revoke this key?", abort=True)
            for line in revoke_now(settings, kid):
                click.echo(line)
        except NoSuchKey as unknown:
            fail(str(unknown), 2)
