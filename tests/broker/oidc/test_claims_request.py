"""What ``claims`` asks is understood or refused, never passed over as if it asked nothing."""

from __future__ import annotations

import pytest

from broker.oidc.claims_request import ClaimsRequest, ClaimWish, in_common, read


def test_a_request_without_it_asks_nothing() -> None:
    assert read(None) == read("null") == read("{}") == ClaimsRequest()
    assert read('{"id_token":{},"userinfo":null}') == ClaimsRequest()


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("null", ClaimWish()),
        ("{}", ClaimWish()),
        ('{"essential":true}', ClaimWish(essential=True)),
        ('{"essential":false,"unknown":7}', ClaimWish()),
        ('{"value":"a"}', ClaimWish(values=("a",))),
        ('{"values":["b","a"],"essential":true}', ClaimWish(essential=True, values=("b", "a"))),
    ],
)
@pytest.mark.parametrize("name", ["sub", "acr"])
def test_a_wish_is_read_in_each_place(name: str, text: str, wish: ClaimWish) -> None:
    assert read(f'{{"id_token":{{"{name}":{text}}}}}').id_token == {name: wish}
    assert read(f'{{"userinfo":{{"{name}":{text}}}}}').userinfo == {name: wish}


def test_what_nobody_knows_is_passed_over() -> None:
    found = read('{"id_token":{"phone_number":{"value":1},"name":null},"verified_claims":[]}')
    assert found == ClaimsRequest({"name": ClaimWish()}, {})
    assert found.names == {"name"}


def test_a_whole_character_of_two_escapes_is_read() -> None:
    text = r'{"id_token":{"sub":{"value":"\ud83d\ude00"}}}'
    assert read(text).id_token["sub"].values == ("\N{GRINNING FACE}",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '"id_token"',
        "[" * 8000,
        '{"id_token":[]}',
        '{"userinfo":"email"}',
        '{"id_token":{"acr":true}}',
        '{"id_token":{"email":"yes"}}',
        '{"id_token":{"acr":{"essential":"true"}}}',
        '{"id_token":{"acr":{"essential":1}}}',
        '{"id_token":{"acr":{"values":[]}}}',
        '{"id_token":{"acr":{"values":"EH3"}}}',
        '{"id_token":{"acr":{"values":null}}}',
        '{"id_token":{"acr":{"values":["EH3",3]}}}',
        '{"id_token":{"acr":{"value":null}}}',
        '{"id_token":{"sub":{"value":7}}}',
        '{"id_token":{"sub":{"value":"a","values":["b"]}}}',
        '{"id_token":{"email":{"value":"jan@voorbeeld.example"}}}',
        '{"userinfo":{"represents":{"values":["90001201"]}}}',
        '{"id_token":{"sub":{"value":"a"},"sub":{"value":"b"}}}',
        '{"id_token":{"acr":{"essential":true}},"id_token":{}}',
        '{"id_token":{"acr":NaN}}',
        r'{"id_token":{"sub":{"value":"x\ud800"}}}',
        r'{"id_token":{"acr":{"values":["EH3","\udfff"]}}}',
        r'{"id_token":{"\ud800":null}}',
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="claims") as refused:
        read(text)
    assert str(refused.value).isascii() and "voorbeeld" not in str(refused.value)


@pytest.mark.parametrize(
    ("wishes", "values"),
    [
        ((), None),
        ((("b", "a"),), ("b", "a")),
        ((("b", "a"), ("a", "b", "c")), ("b", "a")),
        ((("a",), ("b",)), ()),
    ],
)
def test_a_value_must_do_in_every_place(
    wishes: tuple[tuple[str, ...], ...], values: tuple[str, ...] | None
) -> None:
    assert in_common(tuple(ClaimWish(values=each) for each in wishes)) == values
