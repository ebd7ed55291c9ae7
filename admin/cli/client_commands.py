"""The commands under ``sluis client``."""

from __future__ import annotations

import hashlib
import secrets

import click

SECRET_BYTES = 32  # 256 bits (RFC 6749 §10.10 asks 128, advises 160)


@click.group()
def client() -> None:
    """What a portal needs."""


@client.command()
def secret() -> None:
    """Make a secret for a portal, and the line that its registration gets.

    For client_secret_basic and client_secret_post. It is printed once and kept nowhere: give it to
    the makers of the portal over a way that others cannot read.
    """
    made = secrets.token_urlsafe(SECRET_BYTES)
    click.echo(f"For the portal:            {made}")
    click.echo("In its registration here:")
    click.echo("secret_sha256:")
    click.echo(f'  - "{hashlib.sha256(made.encode()).hexdigest()}"')
