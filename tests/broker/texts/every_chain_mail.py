"""Every mail about chain mandates, with names of one's choice in it."""

from __future__ import annotations

from collections.abc import Iterator

from broker.texts import allocation_mails, chain_mails, chain_request_mails
from broker.texts.chain_mails import ChainFacts, ToldChain
from broker.texts.chain_request_mails import AskedFacts
from consent.changes import TermChange
from state.outbox import Message
from tests.broker.texts.mail_facts import DAY, MOMENT, REFERENCE, SITE, TO, Mail


def of_chains() -> Iterator[tuple[str, Mail]]:
    yield from _given()
    yield from _asked()


def _given() -> Iterator[tuple[str, Mail]]:
    def facts(name: str) -> ChainFacts:
        return ChainFacts(name, "90001201", name, "90001300")

    told = [
        ToldChain("Dienst", "6f3c2d0e-1111-4222-8333-444455556666", "EH3", one, DAY, change)
        for one, change in ((DAY, TermChange.NEW), (None, TermChange.SHORTENED))
    ]
    yield (
        "chain_mails.given",
        lambda lang, name: chain_mails.given(TO, lang, facts(name), told, REFERENCE),
    )
    for word in ("revoked", "restored", "given_up", "taken_up"):
        make = getattr(chain_mails, word)
        yield (
            f"chain_mails.{word}",
            lambda lang, name, make=make: make(TO, lang, facts(name), [name, "B"], REFERENCE),
        )
    for kind, clients in (("some", True), ("all", False)):
        yield (
            f"allocation_mails.allocated {kind}",
            lambda lang, name, clients=clients: allocation_mails.allocated(
                TO, lang, name, [name] * 25 if clients else None, REFERENCE, by=name
            ),
        )


def _asked() -> Iterator[tuple[str, Mail]]:
    def facts(name: str) -> AskedFacts:
        return AskedFacts(name, "90001201", name, "90001639", (name, name), DAY)

    def to_client(lang: str, name: str) -> Message:
        return chain_request_mails.to_client(TO, lang, facts(name), MOMENT, f"{SITE}/antwoord/x")

    def to_administrator(lang: str, name: str) -> Message:
        url = f"{SITE}/beheer"
        return chain_request_mails.to_administrator(TO, lang, facts(name), MOMENT, url)

    def agreed(lang: str, name: str) -> Message:
        return chain_request_mails.agreed(TO, lang, facts(name), name, f"{SITE}/antwoord/x")

    yield "chain_request_mails.to_client", to_client
    yield "chain_request_mails.to_administrator", to_administrator
    yield "chain_request_mails.agreed", agreed
    yield (
        "chain_request_mails.merged",
        lambda lang, name: chain_request_mails.merged(TO, lang, facts(name)),
    )
    yield (
        "chain_request_mails.code",
        lambda lang, name: chain_request_mails.code(TO, lang, name, "123456"),
    )
    yield (
        "chain_request_mails.lapsed",
        lambda lang, name: chain_request_mails.lapsed(TO, lang, facts(name), MOMENT),
    )
    for which, reason in (("with a reason", True), ("without", False)):
        yield (
            f"chain_request_mails.refused {which}",
            lambda lang, name, reason=reason: chain_request_mails.refused(
                TO, lang, facts(name), name if reason else ""
            ),
        )
