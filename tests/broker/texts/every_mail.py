"""Every mail that Sluis sends, with names of one's choice in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from assurance.factors import FactorKind
from broker.texts import (
    account_mails,
    account_request_mails,
    allocation_mails,
    chain_mails,
    chain_request_mails,
    company_mails,
    disowned_mails,
    form_mails,
    group_mails,
    invitation_mails,
    mandate_changes,
    mandate_mails,
    means_mails,
    metadata_mails,
    notices,
    place_mails,
    term_mails,
    text_messages,
)
from broker.texts.disowned_mails import DisownedLogin
from broker.texts.document_receipt import Receipt
from broker.texts.invitation_mails import GroupNews, InvitationFacts
from broker.texts.mandate_changes import ToldChange
from broker.texts.mandate_mails import RequestFacts
from broker.texts.means_mails import MeansTold
from broker.texts.metadata_mails import MetadataNews
from broker.texts.term_mails import Ending, EndingsAt
from consent.changes import TermChange
from consent.documents import Answer, AskedDocument
from directory.invitations import GroupOutcome
from directory.people import Person, Role
from providers.recovery import Recipient
from state.outbox import Message, OutboxRow
from tests.broker.texts.every_chain_mail import of_chains
from tests.broker.texts.mail_facts import CODE, DAY, MOMENT, REFERENCE, SITE, TO, Mail
from tests.clocks import START
from tests.keys_for_tests import make_sealer

MODULES = (
    account_mails,
    account_request_mails,
    allocation_mails,
    chain_mails,
    chain_request_mails,
    company_mails,
    disowned_mails,
    form_mails,
    group_mails,
    invitation_mails,
    mandate_changes,
    mandate_mails,
    means_mails,
    metadata_mails,
    notices,
    place_mails,
    term_mails,
    text_messages,
)


def every_mail() -> Iterator[tuple[str, Mail]]:
    """By ``module.function``, with a word behind it where one has several shapes."""
    yield from _accounts()
    yield from of_chains()
    yield from _companies()
    yield from _invitations()
    yield from _mandates()
    yield from _means()
    yield from _terms()
    yield from _notices()


def _accounts() -> Iterator[tuple[str, Mail]]:
    def recover(lang: str, name: str) -> Message:
        recipient = Recipient("01abc", name, TO, lang, "token")
        return account_mails.to_recover(recipient, name, f"{SITE}/herstel/AbC123")

    yield "account_mails.to_recover", recover
    yield "account_mails.password_changed", partial(account_mails.password_changed, TO)
    yield (
        "account_mails.confirm_address",
        lambda lang, name: account_mails.confirm_address(TO, lang, name, "123456"),
    )
    yield (
        "account_request_mails.code",
        lambda lang, name: account_request_mails.code(TO, lang, name, "123456"),
    )
    yield (
        "account_request_mails.has_account",
        lambda lang, name: account_request_mails.has_account(TO, lang, name, f"{SITE}/vergeten"),
    )
    yield (
        "account_request_mails.temporary_password",
        lambda lang, name: account_request_mails.temporary_password(
            TO, lang, name, "bakkerij.jan", 'a<b>&"c', SITE
        ),
    )


def _companies() -> Iterator[tuple[str, Mail]]:
    yield (
        "company_mails.billing_changed",
        lambda lang, name: company_mails.billing_changed(
            TO, lang, name, "rekeningnummer", "NL.. .... 4300", REFERENCE
        ),
    )
    yield (
        "company_mails.branch_removed",
        lambda lang, name: company_mails.branch_removed(TO, lang, name, REFERENCE),
    )
    yield "form_mails.received", lambda lang, _: form_mails.received(TO, lang, REFERENCE)
    yield (
        "form_mails.to_operator",
        lambda lang, _: form_mails.to_operator(TO, lang, SITE, REFERENCE),
    )
    for done in (True, False):
        yield (
            f"form_mails.decided {done}",
            lambda lang, name, done=done: form_mails.decided(
                TO, lang, f"{name}\n\n{'woord ' * 30}\n- {name}", REFERENCE, is_done=done
            ),
        )
    yield "group_mails.joined", lambda lang, name: group_mails.joined(TO, lang, name, [name, "B"])
    yield "group_mails.left", lambda lang, name: group_mails.left(TO, lang, name, [])
    yield (
        "place_mails.told",
        lambda lang, name: place_mails.told(
            TO, lang, name, REFERENCE, administers=True, is_new=True, by=name
        ),
    )
    yield (
        "place_mails.to_administrators",
        lambda lang, name: place_mails.to_administrators(
            TO, lang, name, name, [name], ["Piet"], REFERENCE
        ),
    )
    news = ("ends", "ended", "fails", "waits")
    yield (
        "metadata_mails.of_news",
        lambda lang, name: metadata_mails.of_news(
            TO, lang, SITE, [MetadataNews(word, name, MOMENT) for word in news]
        ),
    )
    yield "text_messages.none_this_hour", lambda _lang, _name: text_messages.none_this_hour(TO, 90)


def _invitations() -> Iterator[tuple[str, Mail]]:
    def invited(lang: str, name: str) -> Message:
        said = InvitationFacts(
            name, name, name, Role.ADMINISTRATOR, "Sluis", MOMENT, f"{SITE}/toegang/AbC"
        )
        return invitation_mails.to_invited(TO, lang, said)

    def invited_into_group(lang: str, name: str) -> Message:
        group = invitation_mails.in_group(name, Role.ADMINISTRATOR)
        url = f"{SITE}/toegang/AbC"
        said = InvitationFacts(name, name, name, Role.MEMBER, "Sluis", MOMENT, url, group)
        return invitation_mails.to_invited(TO, lang, said)

    def accepted_for_group(outcome: GroupOutcome) -> Mail:
        def accepted(lang: str, name: str) -> Message:
            return invitation_mails.accepted(
                TO,
                lang,
                name=name,
                organisation=name,
                role=Role.MEMBER,
                console_url=f"{SITE}/beheer",
                group=GroupNews(invitation_mails.in_group(name, Role.MEMBER), outcome),
            )

        return accepted

    yield "invitation_mails.to_invited", invited
    yield "invitation_mails.to_invited", invited_into_group
    for outcome in GroupOutcome:
        yield "invitation_mails.accepted", accepted_for_group(outcome)
    yield (
        "invitation_mails.code",
        lambda lang, name: invitation_mails.code(TO, lang, name, "123456"),
    )
    yield (
        "invitation_mails.account_made",
        lambda lang, name: invitation_mails.account_made(TO, lang, name, name),
    )
    yield (
        "invitation_mails.accepted",
        lambda lang, name: invitation_mails.accepted(
            TO, lang, name=name, organisation=name, role=Role.MEMBER, console_url=f"{SITE}/beheer"
        ),
    )
    yield (
        "invitation_mails.asked_again",
        lambda lang, name: invitation_mails.asked_again(
            TO, lang, name=name, organisation=name, console_url=f"{SITE}/beheer"
        ),
    )


def _facts(name: str) -> RequestFacts:
    return RequestFacts(
        name,
        name,
        name,
        "EH3",
        f"{name}\n\n{'woord ' * 30}",
        REFERENCE,
        console_url=f"{SITE}/beheer",
        by=name,
        until=MOMENT,
        portal_url="https://portaal.example/begin?a=1&b=2",
    )


def _mandates() -> Iterator[tuple[str, Mail]]:
    for word in ("to_administrator", "revoked", "service_left"):
        make = getattr(mandate_mails, word)
        yield (
            f"mandate_mails.{word}",
            lambda lang, name, make=make: make(TO, lang, _facts(name)),
        )
    for granted in (True, False):
        yield (
            f"mandate_mails.to_requester {granted}",
            lambda lang, name, granted=granted: mandate_mails.to_requester(
                TO, lang, _facts(name), granted=granted
            ),
        )

    def done(name: str) -> list[ToldChange]:
        return [
            ToldChange(name, "EH3", TermChange.NEW, DAY),
            ToldChange(None, "EH2", TermChange.EXTENDED, DAY),
        ]

    yield (
        "mandate_changes.told",
        lambda lang, name: mandate_changes.told(TO, lang, name, done(name), REFERENCE, by=name),
    )
    yield (
        "mandate_changes.to_oneself",
        lambda lang, name: mandate_changes.to_oneself(TO, lang, name, name, done(name), REFERENCE),
    )
    yield (
        "mandate_changes.restored",
        lambda lang, name: mandate_changes.restored(TO, lang, name, name, REFERENCE),
    )


def _means() -> Iterator[tuple[str, Mail]]:
    def told(name: str) -> MeansTold:
        return MeansTold(name, name, "EH3", REFERENCE, MOMENT, f"{SITE}/middel", "Sluis")

    for word in ("received", "activated", "changed", "ended"):
        make = getattr(means_mails, word)
        yield f"means_mails.{word}", lambda lang, name, make=make: make(TO, lang, told(name))
    yield (
        "means_mails.approved",
        lambda lang, name: means_mails.approved(TO, lang, told(name), is_new=True),
    )
    yield (
        "means_mails.reminder",
        lambda lang, name: means_mails.reminder(TO, lang, told(name), is_new=True),
    )
    yield (
        "means_mails.one_restricted",
        lambda lang, name: means_mails.one_restricted(TO, lang, told(name), name),
    )
    yield (
        "means_mails.refused",
        lambda lang, name: means_mails.refused(TO, lang, told(name), f"{name}\n{name}"),
    )
    yield (
        "means_mails.mail_code",
        lambda lang, name: means_mails.mail_code(TO, lang, told(name), CODE),
    )


def _terms() -> Iterator[tuple[str, Mail]]:
    kinds = ("mandate_ends", "mandate_unused", "chain_ends", "role_ends", "one_left")
    yield (
        "term_mails.digest",
        lambda lang, name: term_mails.digest(
            TO,
            lang,
            SITE,
            [EndingsAt(name, tuple(Ending(kind, DAY, name, name, "EH3") for kind in kinds))],
        ),
    )
    yield (
        "term_mails.lapsed",
        lambda lang, name: term_mails.lapsed(
            TO, lang, name, Ending("mandate_unused", DAY, name, name, "EH3"), 24, REFERENCE
        ),
    )
    yield (
        "term_mails.role_extended",
        lambda lang, name: term_mails.role_extended(TO, lang, name, DAY, REFERENCE),
    )
    yield (
        "term_mails.request_lapsed",
        lambda lang, name: term_mails.request_lapsed(TO, lang, _facts(name), 90),
    )


def _notices() -> Iterator[tuple[str, Mail]]:
    def login(name: str) -> DisownedLogin:
        return DisownedLogin(MOMENT, name, name, REFERENCE)

    yield (
        "disowned_mails.to_person",
        lambda lang, name: disowned_mails.to_person(TO, lang, SITE, login(name)),
    )
    yield (
        "disowned_mails.to_operator",
        lambda lang, name: disowned_mails.to_operator(TO, lang, SITE, login(name)),
    )

    def person(lang: str, name: str) -> Person:
        return Person(id="jan", display_name=name, email=TO, locale=lang, created_at=START)

    for change in notices.Change:
        yield (
            f"notices.tell {change}",
            lambda lang, name, change=change: _enqueued(
                lambda session, sealer: notices.tell(
                    session,
                    sealer,
                    person(lang, name),
                    change,
                    FactorKind.SMS,
                    base_url=SITE,
                    now=START,
                )
            ),
        )
    yield (
        "notices.tell_reset",
        lambda lang, _name: _enqueued(
            lambda session, sealer: notices.tell_reset(
                session,
                sealer,
                notices.Told(lang, (TO,), ()),
                [FactorKind.SMS, FactorKind.TOTP],
                base_url=SITE,
                now=START,
            )
        ),
    )
    yield (
        "notices.address_changed",
        lambda lang, name: notices.address_changed(SITE, person(lang, name), TO),
    )
    yield (
        "notices.new_browser",
        lambda lang, name: notices.new_browser(
            SITE, person(lang, name), at=MOMENT, service=name, way=name, reference=REFERENCE
        ),
    )
    yield (
        "notices.recovery_code_used",
        lambda _lang, name: notices.recovery_code_used(
            TO, 3, REFERENCE, at=MOMENT, service=name, base_url=SITE
        ),
    )

    def receipt(_lang: str, name: str) -> Message:
        document = AskedDocument(name, "Tekst", SITE, "4f2a" * 16, "text/plain", 9)
        answer = Answer(document.shown, True, name, False, MOMENT)
        return Receipt(document, answer, "€ 12,00", name, name, REFERENCE, SITE).message(TO)

    yield "document_receipt.message", receipt


def _enqueued(tell: Callable[..., None]) -> Message:
    """The one mail that was written, without a database."""
    sealer = make_sealer()
    with Session() as session:
        tell(session, sealer)
        (row,) = (one for one in session.new if isinstance(one, OutboxRow))
        return TypeAdapter(Message).validate_json(
            sealer.open(row.sealed or b"", f"outbox:{row.id}")
        )
