"""The list of a federation is looked at by a worker: taken whole or not at all, and each makelaar
in it counts as the registrations of the moment have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import pytest
from sqlalchemy import func, select

from admin.metadata import federation_looks
from admin.metadata.looks import Look
from admin.metadata.status import statuses
from admin.registrations.pruning import Prune
from broker.process import Process
from keys.certificates import to_pem
from providers.federation_members import FederationList, FederationMember, member_id
from providers.members import MemberRecord
from state.outgoing import HttpAnswer
from state.registrations import Kind
from tests.admin.metadata.conftest import Installed
from tests.admin.metadata.publishing import Publisher, makelaar
from tests.admin.registrations.documents import SERVICE, outcomes
from tests.providers.saml.aggregates import (
    DAY,
    NOORD,
    PORTAL,
    SIGNER,
    ZUID,
    Listed,
    Member,
)
from tests.providers.saml.maker import certificate, metadata_of
from tests.providers.saml.read_here import lists_read_here

URL: Final = "https://federation.example/list.xml"


class ListPublisher(Publisher):
    """A federation that publishes its list."""

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Any,
        max_bytes: int,
        party: str = "",
        into: IO[bytes] | None = None,
    ) -> HttpAnswer:
        answer = super()._call(method, url, body, headers, max_bytes, party)
        assert into is not None
        into.write(answer.body)
        return replace(answer, body=b"")


def federation(name: str = "noordzee", **changes: Any) -> dict[str, Any]:
    """Its registration."""
    saml = {
        "aggregate_url": URL,
        "metadata_signing_certificate": to_pem(certificate(SIGNER)),
        **changes.pop("saml", {}),
    }
    return {
        "kind": "Federation",
        "id": name,
        "name": "Noordzee",
        "services": "all",
        "level_ceiling": "EH3",
        "levels": {"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport": "EH2"},
        **changes,
        "saml": saml,
    }


@dataclass
class Federated(Installed):
    """An installation with a federation."""

    def publish(self, listed: Listed | bytes, url: str = URL, etag: str = "") -> None:
        document = listed.document() if isinstance(listed, Listed) else listed
        self.party.put(document.decode(), url, etag)

    def looks(self, listed: Listed | bytes | None = None, *, after: float = 3600) -> Look | None:
        if listed is not None:
            self.publish(listed)
        self.clock.advance(after)
        found = federation_looks.refresh_due(self.process)
        self.process.holder.refresh()
        assert len(found) <= 1
        return found[0] if found else None

    def begin_with(self, listed: Listed, **changes: Any) -> Look:
        self.publish(listed)
        self.register(SERVICE, federation(**changes))
        look = self.looks(after=1)
        assert look is not None
        return look

    def member(self, one: Member = NOORD, name: str = "noordzee") -> MemberRecord | None:
        found = self.process.holder.refresh().providers.get(member_id(name, one.entity_id))
        assert found is None or isinstance(found, MemberRecord)
        return found

    def number(self) -> int:
        with self.process.sessions() as session:
            return session.scalar(select(func.count()).select_from(FederationMember)) or 0


@pytest.fixture
def in_processes(process: Process, tmp_path: Path) -> Federated:
    party = ListPublisher()
    return Federated(replace(process, outgoing=party), party, tmp_path)


@pytest.fixture
def there(in_processes: Federated) -> Iterator[Federated]:
    """Its lists are read without a process for each."""
    with lists_read_here():
        yield in_processes


def verdict(look: Look | None) -> tuple[str, str] | None:
    return (str(look.judgement.verdict), look.judgement.reason) if look is not None else None


def test_a_list_is_taken_and_each_makelaar_in_it_can_be_asked(in_processes: Federated) -> None:
    there = in_processes
    look = there.begin_with(Listed())
    assert verdict(look) == ("taken", "") and look.listed is not None
    assert (look.listed.members, look.listed.added, look.listed.left_out) == (2, 2, 0)
    record = there.member()
    assert record is not None and record.saml is not None
    assert (record.name, record.own_name) == ("Hogeschool Noord (via Noordzee)", "Hogeschool Noord")
    assert record.level_ceiling.label == "EH3"
    assert (record.saml.entity_id, record.saml.scopes) == (NOORD.entity_id, (NOORD.scope,))
    assert record.speaks_for == ()
    adapter: Any = there.process.holder.current.adapters[record.id]
    assert adapter._metadata.signing == (certificate(NOORD.key),)
    assert adapter._metadata.valid_until is not None  # that of the list
    assert there.member(PORTAL) is None


def test_what_did_not_change_is_not_written(there: Federated) -> None:
    there.begin_with(Listed())
    assert verdict(there.looks()) == ("same", "")
    there.publish(Listed(), etag='"1"')
    assert verdict(there.looks()) == ("same", "")
    assert verdict(there.looks()) == ("same", "")
    assert there.party.seen[-1][1] == {
        "Accept": there.party.seen[-1][1]["Accept"],
        "If-None-Match": '"1"',
    }
    renewed = there.looks(Listed(created=DAY, until=11 * DAY))
    assert renewed is not None and renewed.listed is not None
    assert verdict(renewed) == ("renewed", "") and renewed.listed.changed == 0


def test_who_leaves_the_list_is_gone_at_the_next_login_and_who_comes_is_there(
    there: Federated,
) -> None:
    there.begin_with(Listed(members=(NOORD,)))
    look = there.looks(Listed(members=(ZUID,), created=60))
    assert look is not None and look.listed is not None
    assert (look.listed.added, look.listed.removed) == (1, 1)
    assert there.member(NOORD) is None and there.member(ZUID) is not None


def test_a_key_that_a_makelaar_changes_counts(there: Federated) -> None:
    there.begin_with(Listed(members=(NOORD, ZUID)))
    look = there.looks(Listed(members=(replace(NOORD, key="other"), ZUID), created=60))
    assert look is not None and look.listed is not None and look.listed.changed == 1
    adapter: Any = there.process.holder.current.adapters[member_id("noordzee", NOORD.entity_id)]
    assert adapter._metadata.signing == (certificate("other"),)


REFUSED: Final[tuple[tuple[Listed | bytes, str], ...]] = (
    (Listed(signer=None, created=60), "signature_missing"),
    (Listed(signer="thief", created=60), "signature_invalid"),
    (Listed(until=-60, created=60), "ended"),
    (Listed(members=(NOORD,), created=-60), "older"),
    (Listed(members=(NOORD,), created=None, until=9 * DAY), "older"),
    (b"<a", "not_well_formed"),
)


def test_a_list_that_is_refused_changes_nothing(there: Federated) -> None:
    there.begin_with(Listed())
    for listed, reason in REFUSED:
        assert verdict(there.looks(listed, after=5 * 3600)) == ("refused", reason)
        assert there.number() == 2 and there.member(NOORD) is not None
    assert verdict(there.looks(Listed(created=120), after=5 * 3600)) == ("renewed", "")


def test_a_list_without_a_date_that_was_replaced_comes_back_by_none_of_before(
    there: Federated,
) -> None:
    """Who left it with a stolen key kept the list of then, which is still signed."""
    undated = Listed(until=None, created=None)
    first, second = undated, replace(undated, members=(NOORD,))
    there.begin_with(first)
    assert verdict(there.looks(second)) == ("taken", "")
    assert verdict(there.looks(first, after=5 * 3600)) == ("refused", "older")
    assert there.member(ZUID) is None and there.member(NOORD) is not None
    assert verdict(there.looks(second, after=5 * 3600)) == ("same", "")
    third = replace(undated, members=(NOORD, PORTAL))
    assert verdict(there.looks(third)) == ("renewed", ""), "another list is taken"
    assert verdict(there.looks(replace(first, created=60), after=5 * 3600)) == ("taken", "")


def test_one_bad_entity_stops_none_of_the_others(there: Federated) -> None:
    bad = (
        replace(ZUID, key=""),
        replace(NOORD, entity_id="https://late.example", attributes=' validUntil="nonsense"'),
        replace(NOORD, entity_id="https://plain.example", sso="http://plain.example/sso"),
        replace(NOORD, entity_id="https://twice.example"),
        replace(NOORD, entity_id="https://twice.example", scope="thief.example"),
    )
    look = there.begin_with(Listed(members=(NOORD, *bad)))
    assert look.listed is not None
    assert (look.listed.members, look.listed.left_out) == (1, 5)
    with there.process.sessions() as session:
        kept = session.get_one(FederationList, "noordzee")
        told = {(one["entity_id"], one["reason"]) for one in kept.left_out_first}
    assert told == {
        (ZUID.entity_id, "certificates"),
        ("https://late.example", "time"),
        ("https://plain.example", "addresses"),
        ("https://twice.example", "entity_twice"),
    }


def test_a_registration_of_its_own_wins(there: Federated) -> None:
    there.begin_with(Listed())
    own = makelaar("noord", entity_id=NOORD.entity_id, metadata=own_metadata())
    there.register(own)
    providers = there.process.holder.refresh().providers
    assert there.member(NOORD) is None
    found = providers.by_entity_id(NOORD.entity_id)
    assert found is not None and found.id == "noord"
    assert there.member(ZUID) is not None


def own_metadata() -> str:
    return metadata_of(certificate("own"), entity_id=NOORD.entity_id).decode()


def test_of_two_federations_the_first_by_name_has_an_entity(there: Federated) -> None:
    there.begin_with(Listed())
    there.register(federation("alpen", members={"deny": [ZUID.entity_id]}))
    assert verdict(there.looks(after=1)) == ("taken", "")
    assert there.member(NOORD, "alpen") is not None and there.member(NOORD) is None
    assert there.member(ZUID, "alpen") is None and there.member(ZUID) is not None
    found = there.process.holder.current.providers.by_entity_id(NOORD.entity_id)
    assert found is not None and found.id.startswith("alpen--")


RULES: Final[tuple[tuple[dict[str, Any], set[str]], ...]] = (
    ({"deny": [NOORD.entity_id]}, {ZUID.entity_id}),
    ({"allow": [NOORD.entity_id]}, {NOORD.entity_id}),
    ({"allow": [NOORD.entity_id], "deny": [NOORD.entity_id]}, set()),
    ({"registration_authorities": ["https://zuid.example"]}, {ZUID.entity_id}),
    ({"entity_categories": ["https://x.example/category"]}, {ZUID.entity_id}),
    ({"entity_categories": ["https://x.example/categor"]}, set()),
    ({"entity_categories": ["https://x.example/%"]}, set()),
    ({}, {NOORD.entity_id, ZUID.entity_id}),
)


def test_rules_are_judged_at_each_use(there: Federated) -> None:
    zuid = replace(
        ZUID, authority="https://zuid.example", categories=("https://x.example/category",)
    )
    there.begin_with(Listed(members=(NOORD, zuid)))
    for rules, counts in RULES:
        there.register(federation(members=rules))
        for one in (NOORD, zuid):
            assert (there.member(one) is not None) == (one.entity_id in counts), rules
        assert listed_names(there) == counts


def listed_names(there: Federated, words: str = "") -> set[str]:
    configuration = there.process.holder.refresh()
    members = configuration.providers.members
    found = members.found(words, members.federations, now=there.clock(), most=50)
    ids = {member_id("noordzee", one.entity_id): one.entity_id for one in (NOORD, ZUID)}
    return {ids[one.id] for one in found}


def test_trust_is_that_of_the_registration_of_now(there: Federated) -> None:
    there.begin_with(Listed())
    there.register(federation(level_ceiling="EH2", state="paused"))
    record = there.member()
    assert record is not None
    assert (record.level_ceiling.label, record.state) == ("EH2", "paused")


def test_a_list_counts_only_while_its_signer_and_source_are_registered(there: Federated) -> None:
    there.begin_with(Listed())
    both = to_pem(certificate(SIGNER)) + to_pem(certificate("next signer"))
    there.register(federation(saml={"metadata_signing_certificate": both}))
    assert there.member() is not None  # one more may sign: nobody is sent away meanwhile
    assert verdict(there.looks(after=1)) == ("same", "")
    there.register(
        federation(saml={"metadata_signing_certificate": to_pem(certificate("next signer"))})
    )
    assert there.member() is None
    assert verdict(there.looks(after=1)) == ("refused", "signature_invalid")
    there.register(federation())
    assert there.member() is not None
    other = "https://federation.example/other.xml"
    there.publish(Listed(members=(ZUID,)), other)
    there.register(federation(saml={"aggregate_url": other}))
    assert there.member() is None
    there.looks(after=1)
    assert there.member(ZUID) is not None


def test_a_federation_that_is_withdrawn_leaves_nothing(there: Federated) -> None:
    there.begin_with(Listed())
    with there.process.sessions() as session:
        outcomes(
            session,
            there.process.settings,
            there.folder,
            SERVICE,
            prune=Prune(kinds=frozenset({Kind.FEDERATION})),
            now=there.clock(),
        )
    assert there.number() == 0 and there.member() is None
    with there.process.sessions() as session:
        assert session.get(FederationList, "noordzee") is None


def test_a_file_is_read_where_there_is_no_address(there: Federated) -> None:
    file = Listed().write(there.folder / "list.xml")
    there.register(federation(saml={"aggregate_url": None, "aggregate_file": str(file)}))
    assert verdict(there.looks(after=1)) == ("taken", "")
    assert there.member() is not None
    file.unlink()
    assert verdict(there.looks()) == ("refused", "file")
    assert there.member() is not None


def test_a_file_stands_in_until_something_was_fetched(there: Federated) -> None:
    file = Listed(members=(NOORD,)).write(there.folder / "list.xml")
    there.party.put(HttpAnswer(503, {}, b""), URL)
    there.register(federation(saml={"aggregate_file": str(file)}))
    assert verdict(there.looks(after=1)) == ("taken", "")
    assert verdict(there.looks()) == ("refused", "status_5xx")
    assert verdict(there.looks(Listed(members=(ZUID,), created=60))) == ("taken", "")
    assert there.member(ZUID) is not None and there.member(NOORD) is None


def test_who_looks_second_writes_nothing(there: Federated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers read the same list; the other one was faster."""
    there.begin_with(Listed())
    there.publish(Listed(members=(NOORD,), created=60))
    check = federation_looks._check_age

    def meanwhile(listed: FederationList, found: Any, *, comes_back: bool) -> None:
        monkeypatch.setattr(federation_looks, "_check_age", check)
        assert verdict(federation_looks.look_at(there.process, "noordzee")) == ("taken", "")
        check(listed, found, comes_back=comes_back)

    monkeypatch.setattr(federation_looks, "_check_age", meanwhile)
    assert federation_looks.look_at(there.process, "noordzee") is None
    assert there.number() == 1


def test_the_status_tells_how_many_and_who_was_left_out(there: Federated) -> None:
    there.begin_with(Listed(members=(NOORD, replace(ZUID, key=""))))
    with there.process.sessions() as session:
        (status,) = [one for one in statuses(session) if one.kind is Kind.FEDERATION]
    assert (status.name, status.title, status.address) == ("noordzee", "Noordzee", URL)
    assert status.listed is not None
    assert (status.listed.members, status.listed.left_out) == (1, 1)
    assert status.is_well(there.clock())  # ten days are what lists have
    assert not status.is_well(there.clock() + (status.ends_at - there.clock()))  # type: ignore[operator]


def test_people_find_a_makelaar_by_name_keyword_and_domain(there: Federated) -> None:
    there.begin_with(Listed(members=(replace(NOORD, nl="Université Noord"), ZUID, PORTAL)))
    for words in ("noord", "NORTH univ", "universite noord", "noorderlicht noord", "noord.example"):
        assert listed_names(there, words) == {NOORD.entity_id}, words
    assert listed_names(there, "uni") == {NOORD.entity_id, ZUID.entity_id}
    for words in ("%", "_", "noord zuid", "portaal"):
        assert listed_names(there, words) == set(), words


def test_who_asks_to_be_in_no_list_is_shown_in_none_and_can_be_named(there: Federated) -> None:
    hidden = replace(NOORD, categories=("http://refeds.org/category/hide-from-discovery",))
    there.begin_with(Listed(members=(hidden, ZUID)))
    assert listed_names(there) == {ZUID.entity_id}
    assert there.member(NOORD) is not None
