"""``sluis trace``: one language, names beside identifiers, at most 80 columns; the samples of the
manual are what it says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.texts import trace_words
from sandbox.portal.clients import BODEM
from state import audit, trace
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.trace import NOT_BEGUN, Fact, TraceRecord, TraceStep
from tests.admin.cli.conftest import Sluis
from tests.architecture.source_tree import ROOT

PAGE: Final = (ROOT / "docs/operators/cli.md").read_text(encoding="utf-8")
START: Final = datetime(2026, 11, 29, 20, 14, 3, tzinfo=UTC)
LOGIN: Final = "K7QM4RXT"
SHOWN: Final = "T4XR9MQ7"


def step(
    name: str, outcome: str, after: int, reason: str | None = None, **found: Fact
) -> TraceStep:
    return TraceStep(name, outcome, reason, after, found)


FAILED: Final = TraceRecord(
    reference=LOGIN,
    started_at=START,
    ended_at=START + timedelta(seconds=38),
    outcome="refused",
    reason="mandate_missing",
    client_id="bronhouderportaal",
    service_uuid=BODEM.uuid,
    provider_id="polderpoort",
    steps=(
        step("received", "accepted", 0, protocol="oidc", asked="EH3"),
        step("client", "accepted", 0, client="bronhouderportaal", service=BODEM.uuid),
        step("provider", "answered", 4120, provider="polderpoort", how="chosen"),
        step("authenticate", "sent", 4125, provider="polderpoort", asked="EH3", number=1),
        step("answer", "accepted", 37804, provider="polderpoort"),
        step("signature", "accepted", 37804),
        step("conditions", "accepted", 37804, login_age_seconds=2),
        step("level", "accepted", 37804, asked="EH3", given="EH3"),
        step("mandate", "refused", 37830, "mandate_missing", mandates="expired, login_level"),
        step("ended", "refused", 38002, "mandate_missing"),
    ),
)
WITHOUT_COOKIES: Final = TraceRecord(
    reference=SHOWN,
    started_at=START,
    ended_at=START,
    outcome=NOT_BEGUN,
    reason="page_login_unknown",
    steps=(
        step(
            *("page", "refused", 0, "page_login_unknown"),
            error_code="SLS-1009",
            http_status=410,
            http_method="GET",
            path="/login/<login_id>",
            kept_by_browser="none",
            browser="Firefox/Windows",
        ),
    ),
)


@pytest.fixture
def kept(session: Session, registered: None) -> Session:
    with writing(session):
        trace.save(session, FAILED)
        trace.save(session, WITHOUT_COOKIES)
        event = AuditEvent(
            EventTag.LOGIN_REFUSED,
            START + timedelta(seconds=38),
            LOGIN,
            outcome="refused",
            reason="mandate_missing",
        )
        audit.record(session, event)
    return session


@pytest.mark.parametrize("reference", [LOGIN, SHOWN])
def test_the_samples_of_the_manual_are_what_it_says(
    sluis: Sluis, kept: Session, reference: str
) -> None:
    done = sluis("trace", reference)
    assert done.exit_code == 0, done.output
    assert f"```\n{done.output}```" in PAGE, done.output


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("reference", [LOGIN, SHOWN])
def test_every_line_fits_and_speaks_one_language(
    sluis: Sluis, kept: Session, reference: str, language: str
) -> None:
    told = sluis("trace", reference, "--language", language).output
    assert max(map(len, told.splitlines())) <= 80
    dutch, english = ("Oorzaak", "Wat te doen", "Stappen"), ("Cause", "Remedy", "Steps")
    spoken, silent = (english, dutch) if language == "en" else (dutch, english)
    assert all(word in told for word in spoken)
    assert not any(word in told for word in silent)


def test_names_stand_before_identifiers(sluis: Sluis, kept: Session) -> None:
    told = " ".join(sluis("trace", LOGIN).output.split())
    for name in (
        "Register holder portal (bronhouderportaal)",
        f"Soil report portal ({BODEM.uuid})",
        "Polderpoort (polderpoort)",
    ):
        assert name in told, name


def test_what_was_measured_is_told_in_words(
    sluis: Sluis, session: Session, registered: None
) -> None:
    found = step(
        *("conditions", "rejected", 37804, "not_yet_valid"),
        clock_seconds=599,
        allowed_seconds=60,
        kept=True,
        how="remembered",
    )
    with writing(session):
        trace.save(session, TraceRecord(LOGIN, START, START, "refused", steps=(found,)))
    told = sluis("trace", LOGIN).output
    for line in ("in seconds: 599 (9 min 59 s)", "in seconds: 60", ": Yes", ": Remembered in this"):
        assert line in told, line
    assert "+37.8 s" in told
    assert "+37,8 s" in sluis("trace", LOGIN, "--language", "nl").output


def test_a_long_name_and_a_word_that_is_not_known_are_told_as_they_are(
    sluis: Sluis, session: Session, registered: None
) -> None:
    record = TraceRecord(
        *(LOGIN, START, START, "refused", "no such reason", "c" * 190, "gone", "gone"),
        level=AssuranceLevel.EH3,
        steps=(step("no such step", "no such outcome", 0, None, unheard="of " * 60),),
    )
    with writing(session):
        trace.save(session, record)
    told = sluis("trace", LOGIN).output
    assert max(map(len, told.splitlines())) <= 80
    for word in ("no such step", "no such outcome", "unheard", "gone", "EH3"):
        assert word in told


def test_what_is_not_kept_says_where_else_to_look(sluis: Sluis, registered: None) -> None:
    done = sluis("trace", "0000-0000")
    assert done.exit_code == 1
    assert "page_error" in done.output


def test_every_ending_that_a_trace_can_have_has_words() -> None:
    assert {"success", "refused", "cancelled", "expired", NOT_BEGUN} <= set(trace_words.ENDINGS)


@pytest.mark.parametrize("code", ["SLS-2106", "sls-2106"])
def test_the_code_of_a_kind_of_error_leads_to_its_page(sluis: Sluis, code: str) -> None:
    found = sluis("trace", code)
    assert found.exit_code == 1
    assert found.stderr.startswith("sluis: SLS-2106 says which kind of error it was")
    assert "/ontwikkelaars/foutcodes" in found.stderr and "the other code" in found.stderr
