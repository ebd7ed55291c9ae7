"""What the readmes count is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.makelaar.catalogue import CATALOGUE, HUB
from sandbox.people import PEOPLE
from sandbox.portal.clients import BEHIND_GATEWAY, CLIENTS
from sandbox.tries import TRIES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SANDBOX = (ROOT / "sandbox" / "README.md").read_text(encoding="utf-8")
WORDS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty"),
)


def _registered(kind: str) -> int:
    files = (ROOT / "sandbox" / "registrations").glob("*.yaml")
    return sum(len(re.findall(rf"^kind: {kind}$", f.read_text("utf-8"), re.M)) for f in files)


def test_the_things_to_try_count_right() -> None:
    first = README[README.index("**First, ") : README.index("**After that, ")]
    (word,) = re.findall(r"\*\*First, (\w+) things,\*\*", README)
    assert len(re.findall(r"^\d\. \*\*", first, re.M)) == WORDS.index(word) == len(TRIES)
    after = README[README.index("**After that, ") : README.index("The command `sluis`")]
    (word,) = re.findall(r"\*\*After that, (\w+) more:\*\*", README)
    assert len(re.findall(r"^- \*\*", after, re.M)) == WORDS.index(word)


def test_what_the_demo_starts_counts_right() -> None:
    makelaars, portals = re.findall(r"a broker, (\w+) makelaars, (\w+) portals", README)[0]
    assert WORDS.index(makelaars) == len(CATALOGUE) + len(HUB)
    assert WORDS.index(portals) == len(CLIENTS) + len(BEHIND_GATEWAY) + 1  # and one over SAML


def test_what_is_registered_counts_right() -> None:
    said = re.search(r"(\w+) companies, (\w+) services,\s+(\w+) makelaars, (\w+) people", SANDBOX)
    assert said is not None
    companies, services, makelaars, people = (WORDS.index(word) for word in said.groups())
    assert companies == _registered("Organisation") and services == _registered("Service")
    assert makelaars == _registered("IdentityProvider") == len(CATALOGUE) + len(HUB)
    assert people == _registered("Person") == len(PEOPLE)


def test_the_portals_of_one_application_count_right() -> None:
    (word,) = re.findall(r"`portal/` is (\w+) portals in one", SANDBOX)
    assert WORDS.index(word) == len(CLIENTS) + len(BEHIND_GATEWAY)
    first = (ROOT / "sandbox/registrations/60-clients.yaml").read_text("utf-8").splitlines()[0]
    assert WORDS.index(first.split()[1].lower()) == len(CLIENTS)


def test_pictures_are_small() -> None:
    for name in re.findall(r"\]\((docs/images/[^)]+)\)", README):
        assert (ROOT / name).stat().st_size < 150_000, name
