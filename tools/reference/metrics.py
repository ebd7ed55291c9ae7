"""The page of the metrics: those that are counted, and those that are read at each scrape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from broker.monitoring import metrics
from tools.reference import since
from tools.reference.table import Page, code, table

ROOT: Final = Path(__file__).parents[2]
READINGS: Final = ROOT / "admin" / "operations" / "readings.py"
Row = tuple[str, str, str, str, str]


def page() -> Page:
    rows = sorted([*_counted(), *_read()])
    return Page(
        "metrics",
        "Metrics",
        "Every metric at the management address. What they mean for you is told in "
        "[watch Sluis](../operators/monitoring.md).",
        (table(("Metric", "Kind", "Labels", "Since", "Says"), rows),),
        tuple(row[0].strip("`") for row in rows),
    )


def _counted() -> Iterator[Row]:
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            told = next(iter(metric.describe()))
            name = told.name + ("_total" if told.type == "counter" else "")
            yield _row(name, told.type, metric._labelnames, told.documentation)


def _read() -> Iterator[Row]:
    """The calls of ``_gauge(name, text, labels, values)``, whose first three say themselves."""
    tree = ast.parse(READINGS.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        texts = {
            node.targets[0].id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_gauge":
                name, text, labels = (
                    ast.literal_eval(texts[part.id] if isinstance(part, ast.Name) else part)
                    for part in call.args[:3]
                )
                yield _row(name, "gauge", labels, text)


def _row(name: str, kind: str, labels: tuple[str, ...], says: str) -> Row:
    return code(name), kind, _labels(labels), since.of("metrics", name), says


def _labels(names: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in names)
