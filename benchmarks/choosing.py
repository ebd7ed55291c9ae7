"""What the page costs on which one of a thousand makelaars is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from benchmarks.processes import cpu_seconds
from benchmarks.server import Measured
from benchmarks.user import CLIENT, REMEMBERED, Refused, User
from sandbox.prepare import Demo

MAKELAARS = 1_000
PAGES = 40
NAME = "Zuiderpoort"  # after those of the demo, which stay on the first page
_ENTITY = re.compile(r'entityID="([^"]+)"')
_OF = "polderpoort"  # the one that the others are like


def a_thousand(demo: Demo, file: Path) -> None:
    """Write so many registrations like one of the demo."""
    file.write_text(yaml.dump_all(_registrations(demo, MAKELAARS)))


def _registrations(demo: Demo, number: int) -> Iterator[dict[str, object]]:
    text = (demo.registrations / "30-makelaars.yaml").read_text()
    known = next(one for one in yaml.safe_load_all(text) if one and one.get("id") == _OF)
    metadata = (demo.registrations / known["saml"]["metadata_file"]).read_text()
    found = _ENTITY.search(metadata)
    assert found is not None
    for one in range(number):
        saml = {name: value for name, value in known["saml"].items() if name != "metadata_file"}
        entity_id = f"https://makelaar-{one}.example/metadata"
        own = {"entity_id": entity_id, "metadata": metadata.replace(found[1], entity_id)}
        named = {"id": f"makelaar-{one}", "name": f"{NAME} {one}", "aliases": []}
        yield {**known, **named, "saml": {**saml, **own}}


def measured(broker: Measured) -> dict[str, float]:
    """CPU, size and the largest header of the page, in a browser that remembers no makelaar."""
    user = broker.user()
    user.cookies.pop(REMEMBERED)
    path, cookies = _begun(user)
    got = user.looked(path, cookies)
    if got.status != 200 or NAME.encode() not in got.data:
        raise Refused(f"the page of makelaars: {got.status}")
    used = cpu_seconds(broker.pid)
    for _ in range(PAGES):
        user.looked(path, cookies)
    used = cpu_seconds(broker.pid) - used
    return {
        "list_1000_ms": round(used * 1000 / PAGES, 1),
        "list_1000_kb": round(len(got.data) / 1000, 1),
        "list_1000_header_bytes": max(len(value) for value in got.headers.values()),
    }


def _begun(user: User) -> tuple[str, str]:
    """A login that waits for a makelaar to be chosen: the address of its page, and our cookies."""
    got, cookies = user.begun(f"page of {CLIENT}")
    there = urlsplit(got.headers.get("Location", ""))
    if got.status != 303 or "/login/" not in there.path:
        raise Refused(f"authorize: {got.status}")
    return f"{there.path}?{there.query}", cookies
