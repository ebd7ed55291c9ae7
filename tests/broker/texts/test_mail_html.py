"""The HTML of every mail: the content of its text, nothing that is fetched, and nothing that a name
brought.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask_babel import force_locale

from broker.texts.mail import mail
from broker.texts.mail_html import COLOURS
from broker.texts.outside_request import texts
from state.outbox import Message
from tests.broker.texts.every_mail import MODULES, every_mail
from tests.broker.texts.mail_facts import CODE, SITE, TO

ROOT = Path(__file__).resolve().parents[3]
MAILS = dict(every_mail())
PAIRS = [(which, language) for which in MAILS for language in ("nl", "en")]
HOSTILE = (
    "<script>alert(1)</script>",
    '"onerror="alert(1)" x=\'<img src=https://kwaad.example/p.png>',
    "Jansen\u202egpj.exe\u2066\u200b",
    "Jansen\r\nBcc: iedereen@kwaad.example\r\n\r\n<h1>Bel 0900</h1>",
    "https://kwaad.example/inloggen",
    "- lijst > citaat &lt;b&gt; {heading} %s",
    "</main></body></html><a href='https://kwaad.example'>klik</a>",
)
ALLOWED = {
    "html": {"lang", "dir"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": {"class", "style"},
    "main": {"class", "style"},
    "h1": {"class", "style"},
    "p": {"class", "style"},
    "ul": {"class", "style"},
    "li": {"class", "style"},
    "blockquote": {"class", "style"},
    "code": {"class", "style"},
    "a": {"class", "style", "href"},
    "br": set(),
    "div": {"lang"},
    "span": {"lang"},
}


class Read(HTMLParser):
    """What a mail program makes of it."""

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: dict[str, list[str]] = {}
        self._open: list[str] = []
        assert message.html is not None
        self.feed(message.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.said.setdefault(tag, []).append(data)

    def words(self, tag: str) -> list[str]:
        return "".join(self.said.get(tag, [])).split()

    def links(self) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def made(which: str, language: str, name: str = "Bakkerij De Korenmolen") -> Message:
    with texts(), force_locale(language):
        return MAILS[which](language, name)


def words_of(text: str) -> list[str]:
    """Without the marks of lists and quotes, which HTML has elements for."""
    return re.sub(r"^(?:- |>)", "", text, flags=re.MULTILINE).split()


@pytest.mark.parametrize(("which", "language"), PAIRS)
def test_the_html_says_what_the_text_says(which: str, language: str) -> None:
    message = made(which, language)
    read = Read(message)
    assert read.words("main") == message.subject.split() + words_of(message.text)
    assert read.words("h1") == read.words("title") == message.subject.split()
    (page,) = (attributes for tag, attributes in read.elements if tag == "html")
    of_both = which == "text_messages.none_this_hour"
    assert page["lang"] == ("nl" if of_both else language)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("which", MAILS)
def test_a_name_stays_a_name(which: str, name: str) -> None:
    """M-14: markup, line ends and marks that turn the direction are data."""
    message = made(which, "nl", name)
    read = Read(message)
    for tag, attributes in read.elements:
        assert set(attributes) <= ALLOWED[tag], tag
    assert all((link or "").startswith((SITE, "https://portaal.example")) for link in read.links())
    for part in (message.text, message.html or "", message.subject):
        assert not set(part) & set("\r\u202e\u2066\u200b")
    assert read.words("main")[: len(message.subject.split())] == message.subject.split()


@pytest.mark.parametrize(("which", "language"), PAIRS)
def test_nothing_is_fetched(which: str, language: str) -> None:
    html = (made(which, language).html or "").lower()
    for fetched in ("<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "@font-face"):
        assert fetched not in html
    assert "<table" not in html


def test_every_mail_is_in_the_table() -> None:
    known = {which.split()[0] for which in MAILS}
    made_here = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and function.__annotations__.get("return") == "Message"
    }
    assert made_here - known == {"means_mails.letter"}


def test_every_module_with_mails_is_in_the_table() -> None:
    here = ROOT / "broker/texts"
    with_mails = {
        path.stem
        for path in here.glob("*.py")
        if re.search(r"^from broker\.texts\.mail import ", path.read_text(), re.MULTILINE)
    }
    known = {module.__name__.rpartition(".")[2] for module in MODULES}
    assert with_mails - known == {"document_receipt", "referenced_mail"}


def test_no_mail_is_made_elsewhere() -> None:
    """Else it would go out without HTML, or with one of its own."""
    elsewhere = []
    for room in ("admin", "assurance", "broker", "consent", "directory", "providers", "state"):
        for path in (ROOT / room).rglob("*.py"):
            if path.name == "mail.py" or "Message(" not in path.read_text():
                continue
            elsewhere += [path.name for call in calls_of(path) if names_mail(call)]
    assert elsewhere == []


def calls_of(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Message":
            yield node


def names_mail(call: ast.Call) -> bool:
    values = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "channel")]
    return any(isinstance(one, ast.Constant) and one.value == "mail" for one in values)


def test_its_colours_are_those_of_the_theme() -> None:
    theme = (ROOT / "broker/static/sluis.css").read_text()
    for _, (light, its, dark, other) in COLOURS.items():
        assert f"--sluis-{light}: {its};" in theme
        assert f"--sluis-{dark}: {other};" in theme


def test_a_code_is_set_apart_and_a_link_has_words_and_address() -> None:
    code = Read(made("means_mails.mail_code", "nl"))
    assert CODE in code.words("code")
    invited = Read(made("invitation_mails.to_invited", "en"))
    assert invited.links() == [f"{SITE}/toegang/AbC"]
    assert " ".join(invited.words("a")) == f"Accept the invitation here: {SITE}/toegang/AbC"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//kwaad.example", "https://a.example/\nx"]
)
def test_an_address_of_another_kind_is_no_link(url: str) -> None:
    message = mail(TO, "nl", "Onderwerp", f"Ga naar {url}", links=[url])
    assert Read(message).links() == []


def test_a_link_is_the_whole_address_and_the_longest() -> None:
    text = "Lees dit. Ga naar https://a.example/b. En niet naar https://a.example/bc"
    message = mail(TO, "nl", "Onderwerp", text, links=["https://a.example", "https://a.example/b"])
    read = Read(message)
    assert read.links() == ["https://a.example/b"]
    assert " ".join(read.words("a")) == "Ga naar https://a.example/b"


def test_a_code_is_found_where_it_stands_and_not_in_a_sentence() -> None:
    text = "Een naam is een naam.\n\nUw gebruikersnaam: een\nUw wachtwoord: e<n"
    read = Read(mail(TO, "nl", "Onderwerp", text, codes=["een", "e<n"]))
    assert read.words("code") == ["een", "e<n"] or "".join(read.said["code"]) == "eene<n"
    assert len([tag for tag, _ in read.elements if tag == "code"]) == 2


def test_a_quote_is_one_and_its_broken_lines_are_whole_again() -> None:
    message = made("form_mails.decided True", "nl", "Jansen")
    read = Read(message)
    (start,) = re.findall(r"<blockquote.*?</blockquote>", message.html or "", re.DOTALL)
    assert start.count("<br>") == 3  # as they were typed: a name, an empty line, words, a line
    assert read.words("blockquote") == ["Jansen", *["woord"] * 30, "-", "Jansen"]


@pytest.mark.parametrize("text", ["", "\n\n\n", "- a\n- b\n  c\nd", "> a\n>\n> b\n\n> c"])
def test_any_text_becomes_a_whole_document(text: str) -> None:
    message = mail(TO, "nl", "Onderwerp", text)
    assert Read(message).words("main") == ["Onderwerp", *words_of(message.text)]
    assert (message.html or "").startswith('<!DOCTYPE html>\n<html lang="nl"')


def test_the_other_languages_part_says_which_it_is() -> None:
    html = made("text_messages.none_this_hour", "nl").html or ""
    assert '<span lang="en">no more SMS this hour</span>' in html
    assert '<div lang="en">' in html


def test_only_a_mail_has_html() -> None:
    with pytest.raises(ValueError, match="only a mail"):
        Message("sms", "+31612345678", "", "Uw code", html="<p>x")
