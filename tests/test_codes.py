"""What counts as a code, and what as the name of a city."""

from __future__ import annotations

import pytest

from bot.commands.codes import is_well_formed, looks_incomplete, split_code


@pytest.mark.parametrize(
    "text",
    [
        "K7QF-2MXD Leeds",
        "k7qf2mxd Leeds",
        "K7QF\u00ad2MXD Leeds",
        "K7QF\u22122MXD Leeds",
        "K7QF 2MXD Leeds",
        "K7QF – 2MXD Leeds",
        "„K7QF-2MXD“ Leeds",
        "`K7QF-2MXD` Leeds",
        "<K7QF-2MXD> Leeds",
        "K7QF-2MXD. Leeds",
        "K7QF-2MXD, Leeds",
        "Ｋ７ＱＦ－２ＭＸＤ Leeds",
        "code K7QF-2MXD Leeds",
        "Code: K7QF 2MXD Leeds",
        "Leeds K7QF-2MXD",
        "Leeds, K7QF 2MXD",
        "Leeds: code “K7QF-2MXD”.",
        "Leeds mit dem Code K7QF-2MXD",
        "Leeds (K7QF2MXD)",
    ],
)
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert split_code(text) == ("K7QF2MXD", "Leeds")


@pytest.mark.parametrize(
    "city",
    [
        "6th of October",
        "29 Palms",
        "29Palms",
        "100 Mile House",
        "25 de Mayo",
        "9 de Julio",
        "1770",
        "3011 Bern",
        "1010 Wien",
        "Wien 1010",
        "50667 Köln",
        "Area 5151",
        "Saint-Étienne",
        "Garmisch",
        "Halle (Saale)",
    ],
)
def test_a_city_whose_name_has_digits_is_no_code(city: str) -> None:
    assert split_code(city) == ("", city)
    assert split_code(f"K7QF-2MXD {city}") == ("K7QF2MXD", city)
    assert split_code(f"{city} K7QF-2MXD") == ("K7QF2MXD", city)
    assert not looks_incomplete(city)


@pytest.mark.parametrize("text", ["York K7QF 2MXD", "Bern K7QF 2MXD", "Bern k7qf ABCD"])
def test_a_city_of_four_letters_is_no_half_of_a_code(text: str) -> None:
    assert split_code(text)[1] == text[:4]


@pytest.mark.parametrize("text", ["K7OF-2MXD Leeds", "K7QF-2M0D Leeds", "K7QF-2MXI Leeds", "k7qf-2mx1 Leeds"])
def test_a_sign_that_is_in_no_code_makes_it_no_well_formed_one(text: str) -> None:
    code, rest = split_code(text)
    assert (is_well_formed(code), rest) == (False, "Leeds")


@pytest.mark.parametrize("text", ["K7QF-2MX Leeds", "K7QF-2MXDX Leeds", "K7QF2MX Leeds", "Leeds k7q-2mxd"])
def test_a_code_with_a_sign_too_few_or_many_is_noticed(text: str) -> None:
    assert split_code(text) == ("", text)
    assert looks_incomplete(text)
