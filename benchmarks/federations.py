"""What federations cost: a list of 10,000 makelaars taken, one login at one of them, and the search
for one among 5,000.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from admin.metadata import federation_looks
from admin.metadata.federation_lists import take_list
from benchmarks.processes import pss_mb
from providers.federations import Federation
from providers.saml.federation.member_facts import MemberFacts
from providers.saml.federation.verified_list import VerifiedList
from providers.saml.wire.metadata_keys import fingerprint
from state.db import writing
from state.registrations import raise_revision
from tests.journeys.federated import REGISTRATION, Federated, make_federated
from tests.providers.saml.aggregates import SIGNER, Member, many, write_large
from tests.providers.saml.maker import ENTITY_ID, certificate, metadata_of

BUDGETED: Final = 10_000
MEMBERS: int = BUDGETED
FEW: int = 10
SEARCHED: Final = 5_000
LOGINS: int = 40  # of each, by turns
SEARCHES: Final = 20
ID: Final = str(REGISTRATION["id"])
# Its own peak, as the system counts it; that of a parent is not in it.
_PEAK: Final = """
import sys
from providers.saml.federation import reading
code = reading.main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
sys.exit(code)
"""
Application = Callable[..., Iterable[bytes]]


def measured(folder: Path) -> dict[str, float]:
    """The figures of ``make bench``."""
    return {**_import(folder), **_logins(folder), **_search(folder)}


def _import(folder: Path) -> dict[str, float]:
    """CPU of everybody who has part in taking a list, the peak of the process that reads it, and
    what the server grows by.
    """
    federated, file = make_federated(folder / "import"), folder / "list.xml"
    process = federated.world.process
    maker = get_context("fork").Process(
        target=write_large, args=(file, MEMBERS, federated.world.clock())
    )
    maker.start()  # a process of its own: signing takes memory that is not ours
    maker.join()
    federated.register(saml={**_SAML, "aggregate_url": None, "aggregate_file": str(file)})
    before, started = max(pss_mb(os.getpid())), os.times()
    look = federation_looks.look_at(process, ID)
    ended, after = os.times(), max(pss_mb(os.getpid()))
    if look is None or look.listed is None or look.listed.members != MEMBERS:
        raise RuntimeError(f"the list was not taken: {look}")
    size = file.stat().st_size
    return {
        "federation_import_s": round(sum(ended[:4]) - sum(started[:4]), 1),
        "federation_file_mb": round(size / 1e6, 1),
        "federation_memory_vs_file": round(_peak(file) / size, 2),
        "federation_server_growth_mb": round(after - before, 1),
    }


_SAML: Final = {"metadata_signing_fingerprints": [fingerprint(certificate(SIGNER))]}


def _peak(file: Path) -> int:
    """Bytes that the process which reads this list holds at most."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(file)],
        input=json.dumps(
            {"certificates": None, "fingerprints": _SAML["metadata_signing_fingerprints"]}
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(done.stderr.split()[-1]) * 1024


_DOCUMENT: Final = metadata_of(certificate("makelaar")).decode()


@dataclass
class _Timed:
    """The broker, and the CPU that its answers cost."""

    inner: Application
    spent: float = 0.0

    def __call__(self, environment: Any, start: Any) -> list[bytes]:
        started = time.thread_time()
        try:
            return list(self.inner(environment, start))
        finally:
            self.spent += time.thread_time() - started


def _logins(folder: Path) -> dict[str, float]:
    """Whole logins of people who are known, each at another member, in an installation with ten and
    in one with ten thousand; by turns, so that both meet the same machine.
    """
    installed = [_with_members(folder / f"of-{number}", number) for number in (FEW, MEMBERS)]
    timed = []
    for federated, _ in installed:
        applications = federated.world.wire.applications
        one = _Timed(federated.world.app)
        applications["localhost:8000"] = one  # type: ignore[assignment]
        timed.append(one)
    for federated, members in installed:
        for each in range(min(LOGINS, len(members))):
            _log_in(federated, _spread(members, each))  # from here on their people are known
        _forget(federated)
    for one in timed:
        one.spent = 0.0
    for each in range(LOGINS):
        for federated, members in installed if each % 2 else reversed(installed):
            _log_in(federated, _spread(members, each))
    few, most = (one.spent * 1000 / LOGINS for one in timed)
    return {
        "login_cpu_ms_federation_10": round(few, 2),
        "login_cpu_ms_federation_10000": round(most, 2),
        "login_10000_vs_10": round(most / few, 3),
    }


def _spread(members: tuple[Member, ...], each: int) -> Member:
    return members[(each * 97) % len(members)]


def _forget(federated: Federated) -> None:
    """The process begins anew with what it keeps of members."""
    process = federated.world.process
    with process.sessions() as session, writing(session):
        raise_revision(session)
    process.holder.refresh()


def _log_in(federated: Federated, member: Member) -> None:
    browser, _ = federated.begun(f"idp_hint={member.entity_id}")
    if not federated.logged_in(browser, member):
        raise RuntimeError(f"no login at {member.entity_id}")


def _search(folder: Path) -> dict[str, float]:
    """Milliseconds of this machine's clock for one look through 5,000 makelaars."""
    federated, _ = _with_members(folder / "search", SEARCHED)
    configuration, now = federated.world.process.holder.current, federated.world.clock()
    members = configuration.providers.members
    started = time.perf_counter()
    for number in range(SEARCHES):
        found = members.found(f"zoekwoord{number * 97}", members.federations, now=now, most=51)
        if not found:
            raise RuntimeError("nothing was found")
    return {"federation_search_ms": round((time.perf_counter() - started) * 1000 / SEARCHES, 1)}


def _with_members(folder: Path, number: int) -> tuple[Federated, tuple[Member, ...]]:
    """An installation with so many members, written as a worker writes them."""
    federated, members = make_federated(folder), many(number)
    federated.let_answer(members)
    process = federated.world.process
    facts = (_facts(member) for member in members)
    found = VerifiedList(fingerprint(certificate(SIGNER)), process.clock(), None, iter(facts))
    registered = Federation.model_validate(
        {name: value for name, value in REGISTRATION.items() if name != "kind"}
    )
    with process.sessions() as session, writing(session):
        take_list(session, registered, found, "0" * 64, process.clock())
    process.holder.refresh()
    return federated, members


def _facts(member: Member) -> MemberFacts:
    document = _DOCUMENT.replace(ENTITY_ID, member.entity_id)
    return MemberFacts(
        entity_id=member.entity_id,
        name_nl=member.nl,
        name_en=member.en,
        search=f"{member.nl}\n{member.en}\n{member.keywords}\n{member.scope}".casefold(),
        registration_authority=member.authority,
        categories=member.categories,
        scopes=(member.scope,),
        hidden=False,
        ends_at=None,
        document=document.replace(
            "https://makelaar.example/sso/Redirect?tenant=1", f"https://{member.scope}/sso"
        ),
    )
