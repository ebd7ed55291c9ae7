"""Which party read our metadata with which certificates: noted at the address that is of that party
alone. Nothing of who asked is kept but whether it was a program or a browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import structlog
from flask import request

from broker.runtime import Runtime
from broker.web import user_agents
from keys.certificate_readers import AT_MOST_EVERY, Reader, note_read
from keys.keyring import PrivateKey
from keys.saml_keys import OwnRole
from state import outages
from state.db import writing

log = structlog.get_logger()


def note(rt: Runtime, role: OwnRole, party: str, keys: Sequence[PrivateKey]) -> None:
    """This request reads these keys, for this party. Once an hour for the same keys; whatever goes
    wrong, the metadata are served.
    """
    if request.method != "GET":
        return
    kids, reader, now = [key.kid for key in keys], _reader(), rt.clock()
    try:
        if not rt.store.add_once(_mark(role, party, reader, kids), _seconds()):
            return
        with writing(rt.session) as sql:
            note_read(sql, role, party, kids, reader, now)
    except Exception as error:
        log.warning("metadata.read_not_noted", role=role, party=party, error=outages.named(error))
        return
    log.info("metadata.read", role=role, party=party, reader=reader)


def _reader() -> Reader:
    """A browser that looks at an address says so, or is called like one."""
    navigates = request.headers.get("Sec-Fetch-Mode") is not None
    known = user_agents.kind_of(request.headers.get("User-Agent", "")).browser is not None
    return Reader.BROWSER if navigates or known else Reader.PROGRAM


def _mark(role: OwnRole, party: str, reader: Reader, kids: Sequence[str]) -> str:
    whole = " ".join((role, reader, party, *kids))
    return "metadata-read:" + hashlib.sha256(whole.encode()).hexdigest()


def _seconds() -> int:
    return int(AT_MOST_EVERY.total_seconds())
