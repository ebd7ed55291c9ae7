"""The commands under ``sluis keys`` for certificates: asking one, importing it, moving its day, and
who read it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from admin.cli.context import Invocation, explained, fail
from admin.cli.moments import Since

pass_invocation = click.make_pass_decorator(Invocation)
CERTIFIED = ("saml_signing", "saml_encryption", "saml_idp_signing", "saml_tls_client")
USE = click.option("--use", required=True, type=click.Choice(CERTIFIED), help="What it is for.")
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
# For commands that take the id of a key: it may begin with "-", and none of them has an option of
# one letter to take it for; without this they inherit -h.
BY_KID = {"help_option_names": ["--help"], "ignore_unknown_options": True}


@click.command("request")
@USE
@click.option("--subject", required=True, help="As CN=login.example.nl,O=Name,C=NL (RFC 4514).")
@click.option(
    "--bits",
    type=click.Choice(["2048", "3072", "4096"]),
    default="2048",
    show_default=True,
    help="The size of the RSA key.",
)
@click.option("--again", is_flag=True, help="The request of the key that waits already.")
@pass_invocation
def keys_request(invocation: Invocation, use: str, subject: str, bits: str, again: bool) -> None:
    """Make a key, and print the request (PKCS #10) for an authority."""
    from admin.cli.certificates import request_lines
    from keys.certificate_request import RequestRefused

    with explained():
        try:
            for line in request_lines(
                invocation.settings(), use, subject, bits=int(bits), again=again
            ):
                click.echo(line)
        except RequestRefused as refused:
            fail(str(refused), 2)


@click.command("import")
@USE
@click.argument("certificate", type=FILE)
@click.option("--key", type=FILE, help="Its private key. Left out: that of sluis keys request.")
@click.option("--from", "used_from", type=Since(), help="The day from which it is used.")
@pass_invocation
def keys_import(
    invocation: Invocation,
    use: str,
    certificate: Path,
    key: Path | None,
    used_from: datetime | None,
) -> None:
    """Take the CERTIFICATE that an authority gave, in PEM with those of its issuers."""
    from admin.cli.certificates import import_lines, needs_password
    from keys.certificate_import import ImportRefused
    from keys.rotation import NextKeyExists

    password = None
    if key is not None and needs_password(key):
        password = click.prompt("Password of the private key", hide_input=True, err=True)
    with explained():
        try:
            for line in import_lines(
                invocation.settings(), use, certificate, key, password, used_from
            ):
                click.echo(line)
        except ImportRefused as refused:
            fail(str(refused), 2)
        except NextKeyExists:
            fail(f"a next key for {use} is published already; see: sluis keys certificates", 2)


@click.command("date", context_settings=BY_KID)
@click.argument("kid")
@click.argument("day", type=Since())
@pass_invocation
def keys_use_from(invocation: Invocation, kid: str, day: datetime) -> None:
    """Let the next key KID be used from another DAY on; ``now`` is a day that has passed."""
    from admin.cli.certificates import use_from_lines
    from admin.keys.certificates import NoDate
    from keys.revocation import NoSuchKey

    with explained():
        try:
            for line in use_from_lines(invocation.settings(), kid, day):
                click.echo(line)
        except (NoSuchKey, NoDate) as refused:
            fail(str(refused), 2)


@click.command("certificates")
@click.option("--json", "as_json", is_flag=True, help="With whole ids, for programs.")
@pass_invocation
def keys_certificates(invocation: Invocation, as_json: bool) -> None:
    """Show our certificates, and who read the next one at its own address of our metadata."""
    from admin.cli.certificates import certificate_lines

    with explained():
        for line in certificate_lines(invocation.settings(), as_json=as_json):
            click.echo(line)
