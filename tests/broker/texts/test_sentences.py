"""A name that ends with a full stop ends a sentence once, on every page and in every mail."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final

import pytest
from babel.support import Translations
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, ngettext
from markupsafe import Markup

from broker.texts import explanation
from broker.texts.explanation import Explanation, Fixer
from broker.texts.outside_request import TRANSLATIONS, texts
from broker.texts.sentences import ended, ended_once
from tests.broker.texts.every_mail import every_mail
from tests.world import World, make_world

CALLS: Final = 45  # for one text
COMPANY = "Bakkerij De Korenmolen B.V."
TWICE = re.compile(r"(?<!\.)\.\.(?!\.)")
PLACE = re.compile(r"%\((\w+)\)[sd]")
MAILS = dict(every_mail())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    world: World = make_world(tmp_path_factory.mktemp("world"))
    return world.app


def _every_text() -> Iterator[str]:
    """Dutch and English: every one that names something last in a sentence."""
    catalogue = Translations.load(str(TRANSLATIONS), ["en"])._catalog
    for dutch, english in catalogue.items():
        for text in (dutch if isinstance(dutch, str) else dutch[0], english):
            if re.search(r"%\(\w+\)s\.", text):
                yield text


@pytest.mark.parametrize("text", sorted(set(_every_text())))
def test_every_text_that_names_a_company_last_ends_once(text: str) -> None:
    values: dict[str, Any] = {
        name: 1 if f"%({name})d" in text else COMPANY for name in PLACE.findall(text)
    }
    filled = ended(text, values) % values
    assert not TWICE.search(filled)
    assert filled.count(COMPANY) == text.count(")s"), "the name is whole"


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Namens %(name)s. En verder.", COMPANY, f"Namens {COMPANY} En verder."),
        ("Namens %(name)s. En verder.", "Groenrijk", "Namens Groenrijk. En verder."),
        (
            "Namens %(name)s. Bij %(name)s is dat zo.",
            "A B.V.",
            "Namens A B.V. Bij A B.V. is dat zo.",
        ),
        ("Wij wachten op %(name)s...", COMPANY, f"Wij wachten op {COMPANY}..."),
        ("%(name)s, niet meer.", COMPANY, f"{COMPANY}, niet meer."),
        ("Namens %(name)s.", Markup("<strong>A B.V.</strong>"), "Namens <strong>A B.V.</strong>"),
        ("Namens %(name)s.", "%(name)s.", "Namens %(name)s."),
    ],
)
def test_the_name_stays_as_it_is(text: str, name: str, said: str) -> None:
    assert ended(text, {"name": name}) % {"name": name} == said


def test_code_and_templates_end_a_sentence_alike(app: Flask) -> None:
    text, said = "Uw makelaar is %(makelaar)s.", f"Uw makelaar is {COMPANY}"
    page = '{{ _("Uw makelaar is %(makelaar)s.", makelaar=name) }}'
    counted = '{{ ngettext("%(num)d bij %(a)s.", "%(num)d bij %(a)s.", 2, a=name) }}'
    with app.test_request_context("/"):
        assert gettext(text, makelaar=COMPANY) == said
        assert (
            ngettext("%(num)d bij %(a)s.", "%(num)d bij %(a)s.", 2, a=COMPANY) == f"2 bij {COMPANY}"
        )
        assert render_template_string(page, name=COMPANY) == said
        assert render_template_string(counted, name=COMPANY) == f"2 bij {COMPANY}"
        assert render_template_string(page, name="<b>") == "Uw makelaar is &lt;b&gt;."


def test_a_text_is_in_the_language_of_the_moment(app: Flask) -> None:
    page = '{{ _("Zoek") }} {{ gettext("Zoek") }} {{ ngettext("%(num)d dag", "%(num)d dagen", 2) }}'
    with app.test_request_context("/", headers={"Accept-Language": "nl"}):
        for _ in range(2):
            assert (gettext("Zoek"), render_template_string(page)) == ("Zoek", "Zoek Zoek 2 dagen")
            with force_locale("en"):
                said = (gettext("Zoek"), render_template_string(page))
                assert said == ("Search", "Search Search 2 days")


def test_a_text_of_a_page_takes_few_calls(app: Flask) -> None:
    """Of functions in Python; a page of makelaars says a hundred texts."""
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called[frame.f_code.co_qualname] += 1

    page = app.jinja_env.from_string('{% for _n in range(times) %}{{ _("Zoek") }}{% endfor %}')
    with app.test_request_context("/"):
        page.render(times=1)  # some things are made for the first text of a request
        sys.setprofile(note)
        try:
            said = page.render(times=100)
        finally:
            sys.setprofile(None)
    assert said == "Zoek" * 100
    assert called.total() <= 100 * CALLS, called.most_common(20)


def test_a_job_ends_a_sentence_too() -> None:
    with texts(), force_locale("en"):
        assert gettext("Uw makelaar is %(makelaar)s.", makelaar=COMPANY).endswith(COMPANY)


def test_an_explanation_ends_a_sentence_too() -> None:
    known = Explanation("Dit is van %(a)s.", "Vraag %(a)s.", Fixer.MAKELAAR, "")
    said = explanation.told(known, str, {"a": COMPANY})
    assert (said.cause, said.remedy) == (f"Dit is van {COMPANY}", f"Vraag {COMPANY}")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("which", MAILS)
def test_every_mail_ends_its_sentences_once(which: str, language: str) -> None:
    with texts():
        message = MAILS[which](language, COMPANY)
    for said in (message.subject or "", message.text, message.html or ""):
        assert not re.search(r"B\.V\.\.(?!\.)", said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Namens A B.V..", "Namens A B.V."),
        ("Namens A B.V.. En", "Namens A B.V. En"),
        ("Wacht...", "Wacht..."),
        ("Zie https://a.example/../b", "Zie https://a.example/../b"),
    ],
)
def test_a_line_of_a_mail_ends_once(line: str, said: str) -> None:
    assert ended_once(line) == said
