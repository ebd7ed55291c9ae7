"""A sentence with what it names: one that ends with a name ends with one full stop, also where the
name has its own (``Bakkerij De Korenmolen B.V.``).

Every text of a page or a message comes by here: gettext's (``Sentences`` for code, ``install`` for
templates), explanations of reasons, and mails, which are whole by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from flask import Flask
from flask_babel import Domain, get_locale
from jinja2 import pass_context
from jinja2.runtime import Context

_LAST: Final = re.compile(r"%\((\w+)\)s\.(?!\.)")  # what is named last in a sentence
_STOPPED: Final = re.compile(r"\.(?:</\w+>)*\Z")  # a name may come with its tags
_TWICE: Final = re.compile(r"(?<!\.)\.\.(?=\s|\Z)")  # no three, which leave something open


def ended(text: str, values: Mapping[str, Any]) -> str:
    """The text, still with its places, without the full stops that the values bring themselves."""
    stopped = {name for name, value in values.items() if _STOPPED.search(str(value))}
    if not stopped:
        return text
    return _LAST.sub(lambda found: found[0][: -1 if found[1] in stopped else None], text)


def ended_once(line: str) -> str:
    """A line in which everything is filled in, with one full stop where there are two."""
    return _TWICE.sub(".", line)


class Sentences(Domain):  # type: ignore[misc]  # flask_babel has no types
    """The translations of a process, with sentences that end once."""

    def get_translations(self) -> Any:
        """Those of the language of the moment: a page asks for them a hundred times."""
        known = self.cache.get((str(get_locale()), self.domain[0]))
        return known if known is not None else super().get_translations()

    def gettext(self, string: str, **variables: Any) -> str:
        text = str(self.get_translations().ugettext(string))
        return ended(text, variables) % variables if variables else text

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        text = str(self.get_translations().ungettext(singular, plural, num))
        values = {"num": num, **variables}
        return ended(text, values) % values


def install(app: Flask) -> None:
    """For code and templates of this application, which has its Babel by now. Jinja goes on to fill
    in and to escape; it gets the sentence in its language, ended. ``_`` is ``gettext`` itself,
    which a page asks too often to find it by its name each time.
    """
    babel, env = app.extensions["babel"], app.jinja_env
    sentences = babel.instance.domain_instance = Sentences(domain=babel.default_domain)
    as_it_is = str  # the sentence is in its language by then
    env.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension
        gettext=as_it_is, ngettext=as_it_is, newstyle=True
    )
    fill = cast("Callable[..., Any]", env.globals["gettext"])

    @pass_context
    def gettext(context: Context, text: str, **values: Any) -> Any:
        found = sentences.get_translations().ugettext(text)
        return fill(context, ended(found, values), **values)

    @pass_context
    def ngettext(context: Context, one: str, many: str, num: int, **values: Any) -> Any:
        found = sentences.get_translations().ungettext(one, many, num)
        return fill(context, ended(found, {"num": num, **values}), num=num, **values)

    env.globals.update(gettext=gettext, ngettext=ngettext, _=gettext)
