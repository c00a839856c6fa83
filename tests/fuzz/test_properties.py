"""What holds for every text: codes are parsed as created, signatures verify, labels identify their author."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.commands.codes import ALPHABET, LENGTH, new_code, split_code
from bot.commands.mentions import label
from bot.model import Account, MessengerName
from bot.signer import LONGEST_ACTION, Signer
from storage import Person, Profile

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
words = st.text(st.characters(categories=["L"]), min_size=1, max_size=20)
keys = st.binary(min_size=1, max_size=64)
ids = st.integers(1, 2**63 - 1)


def test_a_new_code_has_a_digit_and_only_signs_that_can_be_read_out() -> None:
    for _ in range(1000):
        code = new_code()
        assert len(code) == LENGTH
        assert set(code) <= set(ALPHABET)
        assert any(sign.isdigit() for sign in code)


HYPHENS = (*"-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\uff0d", " ", "", " - ", " – ", "\u00a0")
WRAPPINGS = (
    "{}",
    "“{}”",
    "„{}“",
    "`{}`",
    "<{}>",
    "({})",
    "{}.",
    "{},",
    "“{}”,",
    "code {}",
    "Code: {}",
    "**{}**",
    "\u200b{}",
)
WAYS = ("small", "full width", "city first")


@given(st.sampled_from(HYPHENS), st.sampled_from(WRAPPINGS), st.sets(st.sampled_from(WAYS)), words)
def test_a_code_is_read_however_it_is_written(sign: str, wrapping: str, ways: set[str], city: str) -> None:
    code = new_code()
    written = f"{code[:4]}{sign}{code[4:]}"
    written = written.lower() if "small" in ways else written
    written = (
        written.translate({each: 0xFEE0 + each for each in range(0x30, 0x7B)}) if "full width" in ways else written
    )
    written = wrapping.format(written)
    assume(not split_code(city)[0])
    assert split_code(f"{city} {written}" if "city first" in ways else f"{written} {city}") == (code, city)


@given(texts)
def test_what_is_read_as_a_code_has_a_digit_and_the_rest_stays(text: str) -> None:
    code, rest = split_code(text)
    assert len(code) + len(rest) <= len(text)
    assert set(rest.split()) <= set(text.split()) | {part.rstrip(",;:-–—") for part in text.split()}
    assert not code or (len(code) == LENGTH and any(sign.isdecimal() for sign in code))


@given(words)
def test_a_word_without_a_digit_is_no_code(word: str) -> None:
    assert split_code(word) == ("", word)


@given(keys, ids, st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_seal_opens_what_it_sealed_for_that_message_alone(key: bytes, id: int, action: str) -> None:
    signer = Signer(key)
    try:
        sealed = signer.sign(id, action)
    except ValueError:
        assert len(action.encode()) > LONGEST_ACTION - 12, "there was room"
        return
    assert len(sealed.encode()) <= LONGEST_ACTION
    assert signer.verify(id, sealed) == action
    assert signer.verify(id + 1, sealed) is None
    assert Signer(key + b"x" if len(key) < 64 else key[1:]).verify(id, sealed) is None
    assert signer.verify(id, f"x{sealed}") is None


@given(keys, texts, texts)
def test_a_fingerprint_tells_words_apart_and_nothing_without_the_key(key: bytes, one: str, other: str) -> None:
    signer = Signer(key)
    assert (signer.fingerprint(one) == signer.fingerprint(other)) is (one == other)
    assert signer.fingerprint(one) not in {Signer(key + b"x" if len(key) < 64 else key[1:]).fingerprint(one), one}


@given(keys, ids, texts)
def test_what_was_not_sealed_does_not_open(key: bytes, id: int, text: str) -> None:
    assert Signer(key).verify(id, text) is None


@pytest.mark.parametrize("username", ["anna", ""])
@given(number=st.integers(1, 10**12), localpart=st.from_regex(r"[a-z0-9._=/+-]{1,20}", fullmatch=True), name=words)
def test_a_label_names_every_account(username: str, number: int, localpart: str, name: str) -> None:
    accounts = (Account(MessengerName.TELEGRAM, str(number)), Account(MessengerName.MATRIX, f"@{localpart}:test"))
    shown = label(Person(1, name, None, None, accounts), [Profile(1, accounts[0], name, username)])
    assert shown.startswith(name)
    assert str(number) in shown
    assert f"@{localpart}:test" in shown
    assert username in shown
