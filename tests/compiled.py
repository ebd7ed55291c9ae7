"""Templates, addresses, translations and statements read and compiled once per process: each world
has applications and an engine of its own, which would do it anew. Templates take longer than the
rest of a login, the addresses half of the time in which a world is made, the statements a tenth of
all journeys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any, Final, NamedTuple

import pytest
from babel.support import Translations
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

import state.engine

STATEMENTS: Final = 5_000  # the product has fewer


class _Variable(NamedTuple):
    """Of an address. ``asked`` is what its rule asks a map for: name, converter, arguments."""

    name: str
    asked: tuple[Any, ...]


class _Compiled(BytecodeCache):
    """By name, file and source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


@contextmanager
def compiled_once() -> Iterator[None]:
    """Inside this block."""
    with pytest.MonkeyPatch.context() as patch:
        options = {**Flask.jinja_options, "bytecode_cache": _Compiled()}
        patch.setattr(Flask, "jinja_options", options)
        patch.setattr(Rule, "_parse_rule", _parts(Rule._parse_rule))
        patch.setattr(Rule, "_compile_builder", _builders(Rule._compile_builder))
        patch.setattr(Translations, "load", _catalogues(Translations.load))
        _share_statements(patch)
        yield


def _share_statements(patch: pytest.MonkeyPatch) -> None:
    """Between engines for SQLite. What was compiled is kept by statement and dialect, and all
    dialects of that driver write the same.
    """
    patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
    patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))
    kept: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    makes = state.engine.create_engine

    def make(*address: Any, **options: Any) -> Engine:
        engine = makes(*address, **options)
        if isinstance(engine.dialect, SQLiteDialect_pysqlite):
            engine._compiled_cache = kept
        return engine

    patch.setattr(state.engine, "create_engine", make)


def _parts(parses: Any) -> Any:
    """What an address is made of; nobody writes into a part. Only what converts a variable belongs
    to one map, and is made anew.
    """
    kept: dict[object, tuple[list[RulePart], list[tuple[bool, str]], list[_Variable]]] = {}

    def parse(rule: Rule, text: str) -> list[RulePart]:
        key = (text, *(rule.map.converters.items() if "<" in text else ()))
        if key not in kept:
            kept[key] = _parsed(parses, rule, text)
            return kept[key][0]
        parts, trace, variables = kept[key]
        rule._trace.extend(trace)
        for one in variables:
            rule._converters[one.name] = rule.get_converter(*one.asked)
            rule.arguments.add(one.name)
        return parts

    return parse


def _parsed(
    parses: Any, rule: Rule, text: str
) -> tuple[list[RulePart], list[tuple[bool, str]], list[_Variable]]:
    variables = []
    before = len(rule._trace)

    def converter(*asked: Any) -> BaseConverter:
        variables.append(_Variable(asked[0], asked))
        return Rule.get_converter(rule, *asked)

    vars(rule)["get_converter"] = converter
    try:
        parts = list(parses(rule, text))
    finally:
        del vars(rule)["get_converter"]
    return parts, rule._trace[before:], variables


def _builders(compiles: Any) -> Any:
    """What writes the addresses of a rule: a function of the rule, the same for equal ones."""
    kept: dict[object, Any] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # which are written into it
            return compiles(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compiles(rule, append_unknown)
        return kept[key]

    return builder


def _catalogues(loads: Any) -> Any:
    """By folder, languages and domain; nobody writes into one that was read."""
    kept: dict[object, Any] = {}

    def load(dirname: object = None, locales: Any = None, domain: str | None = None) -> Any:
        key = (str(dirname), tuple(str(one) for one in locales or ()), domain)
        if key not in kept:
            kept[key] = loads(dirname, locales, domain)
        return kept[key]

    return load
