"""What operators are told of logs and metrics is what the code writes and counts."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from broker.monitoring import metrics
from providers.trouble import Side, Trouble
from tests.architecture.source_tree import PRODUCT, ROOT, nodes, python_files, tree
from tests.world import make_world

LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
NAME = re.compile(r"\bsluis_[a-z_]+")
LOGS = ROOT / "docs/operators/logs.md"
MONITORING = ROOT / "docs/operators/monitoring.md"
SHIPPED = (ROOT / "deploy/grafana/sluis.json", ROOT / "deploy/prometheus/alerts.yaml")


def _logged() -> Iterator[tuple[str, str]]:
    """(event, level) of each call ``log.level("event", …)`` in the product."""
    for path in python_files(*PRODUCT):
        for node in nodes(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of = node.func.value
            if isinstance(of, ast.Name) and of.id == "log" and node.func.attr in LEVELS:
                event = node.args[0]
                assert isinstance(event, ast.Constant), f"{path}:{node.lineno}: no fixed event"
                yield str(event.value), node.func.attr


def test_the_table_of_events_is_what_the_code_logs() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \|", LOGS.read_text(encoding="utf-8"), re.M)
    assert set(rows) == set(_logged())
    assert rows == sorted(rows)


def _known(tmp_path: Path) -> set[str]:
    from prometheus_client import generate_latest

    from admin.operations.management import _registry

    world = make_world(tmp_path)
    metrics.word("a")
    text = generate_latest(_registry(world.process)).decode()
    families = re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M)
    found: set[str] = set()
    for name, kind in families:
        found.add(name)
        if kind == "histogram":
            found |= {f"{name}_bucket", f"{name}_count", f"{name}_sum"}
    return {name for name in found if not name.endswith("_created")}


def test_every_metric_that_dashboard_alerts_and_document_name_exists(tmp_path: Path) -> None:
    known = _known(tmp_path)
    assert len(known) >= 15
    for file in (*SHIPPED, MONITORING):
        named = set(NAME.findall(file.read_text(encoding="utf-8")))
        assert named - known == set(), file.name
    documented = set(NAME.findall(MONITORING.read_text(encoding="utf-8")))
    parts = ("_bucket", "_count", "_sum")
    assert {name for name in known if not name.endswith(parts)} <= documented


def test_the_dashboard_and_the_rules_can_be_loaded() -> None:
    dashboard = json.loads(SHIPPED[0].read_text(encoding="utf-8"))
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    assert all(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    (group,) = yaml.safe_load(SHIPPED[1].read_text(encoding="utf-8"))["groups"]
    names = [rule["alert"] for rule in group["rules"]]
    assert len(names) == len(set(names)) >= 10
    document = MONITORING.read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in document] == []


def test_serving_loads_no_counters_before_it_says_where_they_lie() -> None:
    """With several workers the counts would be lost: the place is read at the first import."""
    program = "import sys, admin.operations.front; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_nobody_is_called_for_users_who_took_too_long() -> None:
    """What is nobody's to mend is counted and rings no bell; each other trouble rings one."""
    alerts = SHIPPED[1].read_text(encoding="utf-8")
    (silent, _) = found = re.findall(r'_troubles_total\{heard="\w+",reason!~"([^"]+)"\}', alerts)
    assert len(set(found)) == 1
    nobodys = {one.value for one in Trouble if one.side is Side.NOBODYS}
    # A makelaar that is away has an alert of its own: SluisMakelaarDown.
    assert nobodys and set(silent.split("|")) == nobodys | {Trouble.UNAVAILABLE.value}


def test_what_browsers_say_rings_no_bell_while_logins_succeed() -> None:
    """Anybody may write such an answer, but not keep the others from logging in."""
    (group,) = yaml.safe_load(SHIPPED[1].read_text(encoding="utf-8"))["groups"]
    rules = {rule["alert"]: " ".join(rule["expr"].split()) for rule in group["rules"]}
    ours, _, said = rules["SluisMakelaarTrouble"].partition(" or ( ")
    assert 'heard="here"' in ours and "unless" not in ours
    assert 'heard="browser"' in said
    assert re.search(r'unless on \(idp\) sum by \(idp\) \(.*result="success".*\) > 0', said)
