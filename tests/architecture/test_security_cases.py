"""The catalogue, the tests and the page that shows both agree."""

from __future__ import annotations

import pytest

from tools.security_cases import (
    Case,
    Proof,
    Section,
    cases_in_function_name,
    cases_in_row_name,
    gaps,
    main,
    page,
    proofs_in,
    read_catalogue,
)

SECTIONS = (
    Section(
        "Things", (Case("S-01", "one | two", "refused"), Case("S-02", "three", "refused", "More"))
    ),
)


def test_the_page_is_up_to_date_and_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("test_S_01_is_refused", ("S-01",)),
        ("test_S_01_S_02_are_refused", ("S-01", "S-02")),
        ("test_S_01", ("S-01",)),
        ("test_a_login_with_S_01", ()),
        ("test_S_011_is_no_case", ()),
        ("helper_S_01", ()),
    ],
)
def test_a_function_names_its_cases(name: str, cases: tuple[str, ...]) -> None:
    assert cases_in_function_name(name) == cases


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("S-01 wrapped", ("S-01",)),
        ("S-01 S-02, wrapped", ("S-01", "S-02")),
        ("S-01, S-02 wrapped", ("S-01", "S-02")),
        ("R-03", ("R-03",)),
        ("no S-01", ()),
        ("S-01b", ()),
    ],
)
def test_a_row_names_its_cases(name: str, cases: tuple[str, ...]) -> None:
    assert cases_in_row_name(name) == cases


def test_cases_are_found_in_rows_methods_and_tables() -> None:
    source = """
TABLE = [pytest.param(1, id="S-01 in a table")]

class TestThings:
    def test_S_02_in_a_class(self): ...

@pytest.mark.parametrize("x", [pytest.param(1, id="S-03 in a row"), other(id="S-04 not a row")])
def test_rows(x): ...
"""
    found = [(proof.case, proof.function) for proof in proofs_in(source, "tests/test_x.py")]
    assert found == [("S-01", ""), ("S-02", "test_S_02_in_a_class"), ("S-03", "test_rows")]


def test_a_case_without_test_or_capability_is_a_gap() -> None:
    assert [gap[:4] for gap in gaps(SECTIONS, ())] == ["S-01"]
    assert gaps(SECTIONS, (Proof("S-01", "tests/test_x.py", "test_S_01"),)) == []


def test_a_test_of_an_unknown_case_is_a_gap() -> None:
    known = Proof("S-01", "tests/test_x.py", "test_S_01")
    unknown = Proof("S-99", "tests/test_x.py", "test_S_99")
    assert [gap for gap in gaps(SECTIONS, (known, unknown)) if "S-99" in gap]


def test_the_page_links_tests_and_names_capabilities() -> None:
    text = page(SECTIONS, (Proof("S-01", "tests/a/test_x.py", "test_S_01"),))
    assert (
        "| S-01 | one \\| two | refused | [`test_x.py::test_S_01`](../tests/a/test_x.py) |" in text
    )
    assert "| S-02 | three | refused | comes with *More* |" in text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('[S]\ntitle="T"\n[S.cases]\nS-01 = { what = "a", outcome = "b", test = "c" }', TypeError),
        ('[S]\ntitle="T"\n[S.cases]\nR-01 = { what = "a", outcome = "b" }', ValueError),
    ],
)
def test_a_malformed_catalogue_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_catalogue(text)
