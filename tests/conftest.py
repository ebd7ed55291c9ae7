"""Rules for every test: what is missing here is named at the end, and CI skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.both_ends import pytest_make_collect_report
from tests.browser.fixtures import (
    _playwright,
    chromium,
    headless_shell,
    looked_with,
    running,
    undrawn,
)
from tests.garbage import looked_for_later, looked_for_rarely
from tests.machine import missing_for
from tests.properties import not_timed
from tests.units import pytest_xdist_make_scheduler

__all__ = [
    "_playwright",
    "chromium",
    "headless_shell",
    "looked_with",
    "pytest_make_collect_report",
    "pytest_xdist_make_scheduler",
    "running",
    "undrawn",
]  # here for all: one Playwright per process

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
MISSING = "not here: "
# As measured, the longest first: one that starts last would keep one core waiting for the other.
LONGEST = (
    "browser/test_console_pages.py",
    "browser/test_pages.py",
    "faults/test_fleet.py",
    "faults/test_stopping.py",
    "interop/test_openid_client.py",
    "attacks/test_organisation_console.py",
    "browser/test_logins.py",
    "faults/test_migrating.py",
    "browser/test_chains.py",
    "interop/test_simplesamlphp.py",
    "browser/test_saml_portal.py",
    "interop/test_mod_auth_mellon.py",
    "interop/test_python3_saml.py",
    "browser/test_time.py",
    "browser/test_passkeys.py",
    "browser/test_story_colleague.py",
    "journeys/test_makelaar_troubles.py",
    "browser/test_mails.py",
    "journeys/test_lowered_trust.py",
    "races/test_registrations_in_one_order.py",
    "journeys/test_restricted_means.py",
    "attacks/test_management_server.py",
    "sandbox/test_demo.py",
    "journeys/test_saml_logout.py",
    "races/test_decided_once.py",
    "browser/test_story_chain.py",
    "browser/test_phone.py",
    "browser/test_logout_chain.py",
    "faults/test_exhausted.py",
    "attacks/test_http_server.py",
    "faults/test_master_key.py",
    "admin/cli/test_wheel.py",
    "faults/test_rotating.py",
    "browser/test_operator_passkey.py",
    "browser/test_keyboard.py",
    "attacks/test_beheer_lists.py",
    "journeys/test_metrics.py",
    "attacks/test_passkeys.py",
    "journeys/test_documents.py",
)
# As measured, more than a second each, of a core or of waiting for what does not answer:
# `make check` has a minute for everything.
HEAVY = (
    "admin/audit/test_sealing.py",
    "admin/audit/test_tampering.py",
    "admin/factor_resets/test_emergency.py",
    "admin/keys/test_certificate_alarms.py",
    "admin/mandates/test_giving.py",
    "admin/means/test_document_files.py",
    "admin/metadata/test_alarms.py",
    "admin/metadata/test_approval.py",
    "admin/metadata/test_federations.py",
    "admin/metadata/test_refreshing.py",
    "admin/operations/test_background.py",
    "admin/operations/test_copies.py",
    "admin/operations/test_origins.py",
    "admin/operations/test_starting.py",
    "admin/organisations/test_merging.py",
    "admin/parties/test_outages.py",
    "admin/registrations/test_client_rules.py",
    "admin/registrations/test_export.py",
    "admin/registrations/test_mandate_rows.py",
    "admin/registrations/test_many_documents.py",
    "admin/registrations/test_sectors.py",
    "admin/registrations/test_what_ends.py",
    "admin/terms/test_digest.py",
    "admin/virus_scan/test_clamd.py",
    "assurance/test_session_lifetime.py",
    "benchmarks/test_federations.py",
    "broker/journey/test_flow.py",
    "broker/monitoring/test_telemetry.py",
    "broker/recipes/test_recipes.py",
    "broker/saml/test_request_target.py",
    "broker/sso/test_standing.py",
    "broker/test_configuration_freshness.py",
    "keys/test_certificate_import.py",
    "keys/test_resealing.py",
    "keys/test_rotation.py",
    "mutants/test_runs.py",
    "providers/test_accounts.py",
    "providers/test_recovery.py",
    "state/adapters/test_outages.py",
    "state/test_migrate.py",
    "state/test_outgoing_proxy.py",
    "state/test_outgoing_tls.py",
    "state/test_sqlite_faults.py",
    "state/test_trace_indexes.py",
)
WHOLE = {"World", "make_world", "Portal", "Sluis", "Parties"}


@pytest.fixture(scope="session", autouse=True)
def made_once() -> Iterator[None]:
    """What every world needs and no test looks at. Read here: who only hands out tests needs none
    of it.
    """
    from structlog.dev import ConsoleRenderer, plain_traceback

    from tests.compiled import compiled_once
    from tests.hashed import hashed_cheaply
    from tests.key_pool import Pools
    from tests.leftovers import cleared_at_the_end
    from tests.lock_order import lock_order_watched
    from tests.on_its_own import watched
    from tests.unflushed import unflushed

    # A log of an unexpected error costs a fifth of a second with colours and every variable.
    ConsoleRenderer.get_active().exception_formatter = plain_traceback
    with (
        cleared_at_the_end(),
        Pools().used(),
        compiled_once(),
        hashed_cheaply(),
        unflushed(),
        watched(),
        lock_order_watched(),
    ):
        yield


def pytest_configure(config: pytest.Config) -> None:
    looked_for_later()
    not_timed()
    config.addinivalue_line("markers", "whole: runs the whole product; not in make check")
    config.addinivalue_line("markers", "heavy: takes more than a second; not in make check")
    config.addinivalue_line("markers", "interop_php: needs PHP and SimpleSAMLphp")
    config.addinivalue_line("markers", "interop_apache: needs Apache with mod_auth_mellon")
    config.addinivalue_line("markers", "interop_openidc: needs Apache with mod_auth_openidc")
    config.addinivalue_line("markers", "java: runs software of others on Java; make test-java")
    config.addinivalue_line("markers", "interop_java: needs Java and Maven")
    config.addinivalue_line("markers", "interop_node: needs Node.js and npm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is too slow for `make check` is marked so. Long files come first."""
    tests = Path(__file__).parent
    names = {path: str(path.relative_to(tests)) for path in {item.path for item in items}}
    heavy = frozenset(HEAVY)
    for item in items:
        if isinstance(item, pytest.Function) and not WHOLE.isdisjoint(vars(item.module)):
            item.add_marker("whole")
        if names[item.path] in heavy:
            item.add_marker("heavy")
    order = {name: number for number, name in enumerate(LONGEST)}
    # By folder and name too: not every process read them in that order.
    items.sort(key=lambda item: (order.get(names[item.path], len(order)), item.path.parts))


def pytest_collection_finish() -> None:
    looked_for_rarely()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = missing_for({mark.name for mark in item.iter_markers()})
    if missing:
        pytest.skip(MISSING + ", ".join(missing))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, None]:
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    report.keywords = {}  # nobody reads them, and they are a third of what goes over the line
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        # A test that quietly stops running is how a promise gets lost.
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts: dict[str, int] = {}
    for report in terminalreporter.getreports("skipped"):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _, found, software = text.partition(MISSING)
        if found:
            counts[software] = counts.get(software, 0) + 1
    for software, number in sorted(counts.items()):
        terminalreporter.write_line(
            f"NOT RUN: {number} tests need software that is not here: {software}", yellow=True
        )
