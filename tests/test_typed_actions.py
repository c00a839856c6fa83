"""Whatever people type after `/action`: text, owners and due date are recovered, or they are told politely."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from bot.commands.context import DialogueContext
from bot.dates import DateContext
from bot.model import Account, MessengerName, Role
from bot.signer import Signer
from bot.text.catalogue import LocaleContext, UserError
from handlers.agreements.actions._parsing import LONGEST, NewAction, read
from storage import Appointment, City, Dialogue, Person, Profile

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KOELN = City(1, "Köln", "de_DE", "Europe/Berlin")
LEEDS = City(2, "Leeds", "en_GB", "Europe/London")
DIALOGUE = Dialogue(1, "Köln – Leeds", (KOELN, LEEDS))


def _person(id: int, name: str, city: City) -> tuple[Person, Profile, City]:
    account = Account(MessengerName.TELEGRAM, str(1000 + id))
    return Person(id, name, None, None, (account,)), Profile(id, account, name, name.split(maxsplit=1)[0].lower()), city


PEOPLE = {
    profile.username: (person, profile, city)
    for person, profile, city in (
        _person(1, "Anna Weber", KOELN),
        _person(2, "Tom Jackson", LEEDS),
        _person(3, "Mehmet Kaya", KOELN),
    )
}
STRANGER = Person(99, "Nobody", None, None, (Account(MessengerName.MATRIX, "@nobody:test"),))


class KnownPeople:
    """The repositories that name people, with three of them and nothing else."""

    async def named(self, username: str) -> Person | None:
        found = PEOPLE.get(username.lower())
        return found[0] if found else None

    async def profiles(self, _dialogue_id: int) -> list[Profile]:
        return [profile for _person, profile, _city in PEOPLE.values()]

    async def get(self, id: int) -> Person:
        return next((person for person, _profile, _city in PEOPLE.values() if person.id == id), STRANGER)

    async def by_account(self, account: Account) -> Person | None:
        return next((person for person, _p, _c in PEOPLE.values() if account in person.accounts), None)

    async def get_or_create(self, *_args: Any) -> Person:
        return STRANGER

    async def of_person(self, id: int) -> list[Profile]:
        return [profile for _person, profile, _city in PEOPLE.values() if profile.person_id == id]

    async def of(self, _dialogue_id: int, id: int) -> Appointment | None:
        cities = {person.id: city for person, _profile, city in PEOPLE.values()}
        return Appointment(1, id, cities[id], Role.STAFF, appointed=True) if id in cities else None

    async def numbers(self, _dialogue_id: int) -> list[int]:
        return [3]

    async def of_dialogue(self, _dialogue_id: int) -> list[Any]:
        return []


def typed_in(locale: str) -> DialogueContext:
    """Return what reading needs of a context."""
    known = KnownPeople()
    zone = "Europe/Berlin" if locale == "de_DE" else "Europe/London"
    return cast(
        "DialogueContext",
        SimpleNamespace(
            store=SimpleNamespace(people=known, roles=known, roundtables=known, polls=known),
            dialogue=DIALOGUE,
            person=PEOPLE["anna"][0],
            city=KOELN,
            mentions={},
            signer=Signer(bytes(32)),
            now=NOW,
            chat=SimpleNamespace(ref=SimpleNamespace(messenger=MessengerName.TELEGRAM)),
            locale_context=LocaleContext(locale, zone),
            date_context=lambda: DateContext(
                NOW, zone, locale, tuple((each.name, each.zone) for each in (KOELN, LEEDS))
            ),
        ),
    )


def reads(text: str, locale: str = "de_DE") -> NewAction:
    return asyncio.run(read(typed_in(locale), text))


PIECES = [
    *(
        "@anna",
        "@tom",
        "@",
        "@@anna",
        "@niemand",
        "@anna:test",
        "und",
        "and",
        "with",
        "mit",
        ",",
        "(",
        ")",
        "|",
        ":",
        "–",
    ),
    *(
        "by",
        "bis",
        "bis zum",
        "by the",
        "15.12.",
        "15.11.2026",
        "3/4",
        "31.11.",
        "Freitag",
        "next Friday",
        "KW 50",
        "14 Uhr",
    ),
    *(
        "\n",
        "\n- ",
        "de:",
        "en:",
        "\nde: ",
        "\nlead: Köln",
        "\nsdg: 13",
        "(SDG 11)",
        "#SDG99",
        "\nzu: runde 3",
        "\ndue: ",
    ),
    *(
        "\nowner: @tom",
        "Bäume pflanzen",
        "trees",
        "jeden Montag",
        "in 2 Wochen",
        "Köln",
        "\u202e",
        "\ufeff",
        "\ue000",
        "🌳",
    ),
]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=12), st.sampled_from(["de_DE", "en_GB", "en_US"])
)
@example(["@anna" * 30], "de_DE")
@example(["bis " * 700], "de_DE")
def test_whatever_is_typed_is_read_or_politely_refused(pieces: list[str], locale: str) -> None:
    try:
        new = reads(" ".join(pieces), locale)
    except UserError:
        return
    for text in (new.terms.get("text"), new.terms.get("translation")):
        assert text is None or (text == text.strip() and "\n" not in text and len(text) <= LONGEST + 30)


WORDS = [
    "Bäume",
    "pflanzen",
    "plant",
    "trees",
    "30",
    "Radwege",
    "am",
    "Bahnhof",
    "quickly",
    "2",
    "Schule",
    "report",
    "über",
]
DATES = [
    ("by 15 December", date(2026, 12, 15)),
    ("bis 15.12.", date(2026, 12, 15)),
    ("bis zum 1. März 2027", date(2027, 3, 1)),
    ("by Friday", date(2026, 11, 27)),
    ("bis Ende KW 50", date(2026, 12, 11)),
    ("by 2027-02-28", date(2027, 2, 28)),
    ("bis übermorgen", date(2026, 11, 27)),
]


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).filter(lambda words: len(words[0]) > 3),
    st.sampled_from(DATES),
    st.lists(st.sampled_from(sorted(PEOPLE)), unique=True, max_size=3),
    st.sampled_from([" ", ", ", " und ", " and ", " & "]),
    st.sampled_from(
        [
            "{text} {owners} {due}",
            "{text} {due} {owners}",
            "{owners} {text} {due}",
            "{due} {text} {owners}",
            "{due} {owners} {text}",
            "{text}, {owners}, {due}",
            "{text} ({owners}) {due}",
            "{text}\nwer: {owners}\nfrist: {due}",
        ]
    ),
)
def test_text_owners_and_due_date_are_recovered(
    words: list[str], due: tuple[str, date], people: list[str], between: str, form: str
) -> None:
    text = " ".join(words)
    owners = between.join(f"@{each}" for each in people)
    new = reads(form.format(text=text, owners=owners, due=due[0]))
    assert new.terms.get("text") == text
    assert new.terms.get("due_on") == due[1]
    assert [each.person_id for each in new.terms.get("owners", ())] == [PEOPLE[each][0].id for each in people]
