"""The commands under ``sluis saml``."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.context import Invocation, explained, fail

pass_invocation = click.make_pass_decorator(Invocation)
KINDS = ("KvKnr", "RSIN")


@click.group()
def saml() -> None:
    """SAML: what makelaars of eTD and ST-SAML must have of us."""


@saml.command("catalogue")
@click.argument("makelaar")
@click.option("--oin", required=True, help="The OIN of the herkenningsmakelaar: 20 characters.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for dv-metadata.xml and dienstencatalogus.xml. It is made where it is not.",
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    help="Kinds of numbers that companies may come with, as KvKnr or KvKnr,RSIN. Can be repeated: "
    "a makelaar must meet one whole set. Default: KvKnr.",
)
@pass_invocation
def catalogue(
    invocation: Invocation, makelaar: str, oin: str, out: Path, allowed: tuple[str, ...]
) -> None:
    """Write our metadata and our dienstencatalogus for MAKELAAR, both signed.

    Services with an attribute_consuming_service_index are in them.
    """
    from admin.cli.saml_catalogue import CatalogueRefused, write_catalogue

    sets = [one.split(",") for one in allowed or ("KvKnr",)]
    unknown = [kind for kinds in sets for kind in kinds if kind not in KINDS]
    if unknown:
        fail(f"--allow: {unknown[0]} is no kind of number; write {' or '.join(KINDS)}", 2)
    with explained():
        try:
            lines = write_catalogue(invocation.settings(), makelaar, oin, out, sets)
        except CatalogueRefused as refused:
            fail("the catalogue cannot be made:\n  " + "\n  ".join(refused.lines), 2)
    for line in lines:
        click.echo(line)
