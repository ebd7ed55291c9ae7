"""The whole application: the broker with the consoles of administration on top."""

from __future__ import annotations

from flask import Flask

from admin.joining.routes import blueprint as joining
from admin.operator_console.routes import blueprint as operator_console
from admin.organisation_console.routes import blueprint as organisation_console
from admin.tables import TABLES
from broker.app import assemble
from broker.process import Process

CONSOLES = (organisation_console, operator_console, joining)


def create_app(process: Process) -> Flask:
    """Everything that one process answers."""
    assert TABLES
    return assemble(process, CONSOLES)
