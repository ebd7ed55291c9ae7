"""Which passwords may be kept, and what a check gives away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers import passwords
from providers.passwords import LONGEST, PasswordRefused, check_new, hash_of, matches
from tests.hashed import hashed_as_in_production

GOOD = "een fiets zonder bel"


@pytest.fixture(autouse=True)
def real() -> Iterator[None]:
    with hashed_as_in_production():
        yield


def _why(text: str, *, names: tuple[str, ...] = (), previous: str | None = None) -> str | None:
    try:
        check_new(text, names=names, previous=previous)
    except PasswordRefused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("elf tekens!", "too_short"),
        ("twaalf teken", None),
        (GOOD, None),
        ("x" * (LONGEST + 1), "unusable"),
        ("ei" * 6, "common"),
        ("aaaaaaaaaaaa", "common"),
        ("123412341234", "common"),
        ("qwerty123456", "common"),
        ("Wachtwoord2026", "common"),
        ("passwordpassword", "common"),
        ("geheim\x00geheim 12", "unusable"),
        ("Piet-wil-naar-binnen", "names_you"),
        ("😀 is geen teken te veel", None),
        ("", "unusable"),
    ],
)
def test_A_14_which_passwords_may_be_chosen(text: str, why: str | None) -> None:
    assert _why(text, names=("piet", "p@")) == why


def test_the_password_that_is_replaced_is_no_new_one() -> None:
    assert _why(GOOD, previous=hash_of(GOOD)) == "the_same"
    assert _why(GOOD, previous=hash_of("iets heel anders")) is None


def test_a_password_is_recognised_however_its_letters_are_composed() -> None:
    composed, decomposed = "caf\u00e9 om de hoek", "cafe\u0301 om de hoek"
    assert matches(hash_of(check_new(composed, names=(), previous=None)), decomposed)
    assert not matches(hash_of(GOOD), composed)


def test_A_11_an_unknown_user_costs_the_same_check(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = passwords._HASHER.verify

    class Counting:
        def verify(self, hashed: str, text: str) -> bool:
            asked.append(hashed)
            return real(hashed, text)

        hash = staticmethod(passwords._HASHER.hash)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    assert not matches(None, GOOD)
    assert not matches(hash_of("iets heel anders"), GOOD)
    assert not matches(None, "x" * 10_000)
    assert len(asked) == 3
    assert all(hashed.split("$")[3] == asked[0].split("$")[3] for hashed in asked)


def test_A_14_a_password_of_ten_megabytes_is_not_hashed() -> None:
    assert passwords.usable("x" * 10_000_000) is None
    assert not matches(hash_of(GOOD), "x" * 10_000_000)
    assert matches(hash_of(GOOD), GOOD)


def test_the_hash_is_argon2id() -> None:
    assert hash_of(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
