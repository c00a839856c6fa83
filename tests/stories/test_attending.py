"""Invitations to a roundtable and the answers to them, on both messengers with one list."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model import MessengerName, Role
from storage import Database
from tests.stories.attending import AS_SPEAKER, GUSTAV, card, post, presses, reacts, said
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM, direct_room, private_chat, someone
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, PRIYA, Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    """Yield the three cities, with a roundtable that the mayor of Köln is invited to in private."""
    async with meetings_on(database) as it:
        await it.says(private_chat(HENRIETTE), HENRIETTE, "/start")
        await it.says(KOELN, ANNA, CREATED)
        yield it


# Invitations


async def test_mayors_are_invited_to_speak_staff_and_coordinators_to_listen_guests_not_at_all(story: Meetings) -> None:
    await story.says(KOELN, GUSTAV, "Guten Morgen")
    for who, what in (
        (HENRIETTE, "speaker open"),
        (JOE, "speaker open"),
        (MEHMET, "listener open"),
        (ANNA, "listener open"),
        (PRIYA, "listener open"),
        (GUSTAV, "not invited"),
    ):
        assert await said(story, who) == what


async def test_an_invitation_says_how_long_it_takes_to_the_minute(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Radwege | wann: 22.02.2027 15:00–16:30")
    assert "15:00 Uhr (Berlin), Dauer: 1 Stunde und 30 Minuten" in post(story, private_chat(HENRIETTE), "Radwege").text


async def test_a_mayor_is_told_in_private_or_by_a_mention_and_nobody_else_is_called(story: Meetings) -> None:
    told = post(story, private_chat(HENRIETTE), AS_SPEAKER)
    assert "Montag, 22. Februar 2027, 11:00 Uhr (Berlin), Dauer: 2 Stunden" in told.text
    assert "Ort: https://meet.example.org/europa" in told.text
    assert told.post
    assert [each.label for each in told.post.buttons] == ["ja", "nein", "vielleicht", "möchte sprechen"]
    mention = post(story, INDY, "You are invited as a speaker to roundtable 1")
    assert mention.post
    assert mention.post.mentions == (JOE.account,)
    assert "Monday, February 22, 2027, 5:00\u202fAM (Indianapolis), for 2 hours" in mention.text
    mentioned = [each.post.mentions for each in story.telegram.messages_in(KOELN) if each.post and each.post.mentions]
    assert mentioned == []


async def test_the_invitation_says_exactly_how_long_it_takes(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Haushalt | wann: 1.3.2027 9:30–11:00 Uhr")
    assert "09:30 Uhr (Berlin), Dauer: 1 Stunde und 30 Minuten" in post(story, private_chat(HENRIETTE), "Haushalt").text


@pytest.mark.parametrize("typed", ["2 ja", "#2 JA", "2, ja!", "2: Ja, gern", "ja 2", "ja, #2", "2 👍🏽"])
async def test_an_answer_is_understood_however_it_is_typed(story: Meetings, typed: str) -> None:
    await story.says(KOELN, ANNA, CREATED.replace("22.02", "23.02"))
    await story.says(KOELN, HENRIETTE, f"/teilnahme {typed}")
    assert [await said(story, HENRIETTE, number) for number in (1, 2)] == ["speaker open", "speaker yes"]


async def test_who_has_blocked_the_private_chat_is_mentioned_instead(story: Meetings) -> None:
    del story.telegram.chats[private_chat(HENRIETTE)]
    await story.says(KOELN, ANNA, CREATED.replace("22.02.2027", "22.03.2027"))
    assert "Henriette Reker: 📨 Sie sind mit Rederecht zu Runde 2 eingeladen" in post(story, KOELN, "📨").shown


async def test_the_invitations_follow_the_roles(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    await story.says(KOELN, GUSTAV, "Guten Morgen")
    await story.says(KOELN, ANNA, "/rolle @gustav buergermeister")
    assert await said(story, GUSTAV) == "speaker open"
    assert "Gustav Gast" in post(story, KOELN, AS_SPEAKER).shown
    await story.says(KOELN, ANNA, "/rolle @mehmet buergermeister")
    assert await said(story, MEHMET) == "speaker yes"
    await story.says(KOELN, ANNA, "/rolle @gustav gast")
    assert await said(story, GUSTAV) == "not invited"


async def test_roles_that_are_set_in_the_shell_count_as_well(story: Meetings) -> None:
    await story.appoint(GUSTAV, "Köln", Role.STAFF)
    await story.quiet()
    assert await said(story, GUSTAV) == "listener open"


async def test_a_coordinator_invites_others_and_takes_it_back(story: Meetings) -> None:
    await story.says(KOELN, GUSTAV, "Guten Morgen")
    assert "Gustav Gast ist jetzt zum Zuhören eingeladen." in await story.says(
        KOELN, ANNA, "/runde 1 einladen @gustav als Zuhörer"
    )
    assert await said(story, GUSTAV) == "listener open"
    assert "Sie sind zum Zuhören zu Runde 1 eingeladen" in post(story, KOELN, "Gustav Gast: 📨").text
    assert "bereits zum Zuhören" in await story.says(KOELN, ANNA, "/runde 1 einladen @gustav als zuhoerer")
    await story.says(KOELN, ANNA, "/runde 1 einladen @gustav as a speaker")
    assert await said(story, GUSTAV) == "speaker open"
    await story.appoint(TOM, "Indianapolis", Role.GUEST)
    await story.quiet()
    assert await said(story, GUSTAV) == "speaker open", "other roles change nothing about it"
    assert "ist nicht mehr eingeladen" in await story.says(KOELN, ANNA, "/runde 1 einladen @gustav als niemand")
    assert await said(story, GUSTAV) == "not invited"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "@NAME als redner|zuhörer"),
        ("@mehmet", "@NAME als redner|zuhörer"),
        ("@mehmet als Gast", "@NAME als redner|zuhörer"),
        ("@niemand als redner", "@niemand"),
        ("@nobody:else als redner", "nimmt hier noch nicht teil"),
        ("@mehmet als zuhoerer", "bereits zum Zuhören"),
        ("@mehmet als niemand", "wegen der eigenen Rolle zum Zuhören"),
        ("@henriette als zuhoerer", "wegen der eigenen Rolle mit Rederecht"),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_refused(story: Meetings, typed: str, answer: str) -> None:
    before = [await said(story, each) for each in (HENRIETTE, MEHMET)]
    assert answer in await story.says(KOELN, ANNA, f"/runde 1 einladen {typed}")
    assert [await said(story, each) for each in (HENRIETTE, MEHMET)] == before


async def test_the_coordinators_hear_whom_nothing_can_be_told(story: Meetings) -> None:
    away = someone(MessengerName.MATRIX, "@away:test", "Ada Away")
    await story.appoint(away, "Köln", Role.MAYOR)
    await story.quiet()
    told = post(story, KOELN, "Ada Away kann ich die Einladung zu Runde 1 nicht überbringen")
    assert told.post
    assert told.post.mentions == (ANNA.account,)


# Answers


async def test_an_answer_by_command_shows_on_every_card_and_gets_a_sign(story: Meetings) -> None:
    posts = {chat: len(story.at(chat)) for chat in (KOELN, INDY, LEEDS)}
    typed = story.telegram.says(KOELN, HENRIETTE, "/teilnahme 1 ja")
    await story.quiet()
    assert "Köln hat zugesagt, Indianapolis ist noch offen" in story.card(KOELN)
    assert "Köln has confirmed, Indianapolis is open" in story.card(LEEDS)
    assert [each.reaction for each in story.telegram.messages_in(KOELN) if each.id == typed] == ["👌"]
    assert {chat: len(story.at(chat)) for chat in (KOELN, INDY, LEEDS)} == posts, "nothing else is said"
    await story.says(INDY, JOE, "!attend maybe")
    assert "Köln has confirmed, Indianapolis is not sure yet" in story.card(INDY)
    await story.says(KOELN, HENRIETTE, "/attend NEIN")
    assert "Köln hat abgesagt" in story.card(KOELN)


async def test_in_private_an_answer_is_confirmed_in_words(story: Meetings) -> None:
    own = private_chat(HENRIETTE)
    assert await story.says(own, HENRIETTE, "/teilnahme sprechen") == "Notiert: Sie nehmen teil und möchten sprechen."
    assert "Henriette Reker" in story.card(INDY)
    assert "wishes to speak" in story.card(INDY)
    assert await story.says(own, HENRIETTE, "/teilnahme 1 offen") == "Notiert: Ihre Antwort ist wieder offen."
    assert await said(story, HENRIETTE) == "speaker open"


async def test_a_button_on_telegram_answers_that_person_alone(story: Meetings) -> None:
    posts = len(story.at(KOELN))
    assert await presses(story, KOELN, MEHMET, "👍") == "Notiert: Sie nehmen teil."
    assert await said(story, MEHMET) == "listener yes"
    own = post(story, private_chat(HENRIETTE), AS_SPEAKER)
    assert await presses(story, private_chat(HENRIETTE), HENRIETTE, "✋", own) == (
        "Notiert: Sie nehmen teil und möchten sprechen."
    )
    assert await said(story, HENRIETTE) == "speaker yes ✋"
    assert len(story.at(KOELN)) == posts


async def test_a_reaction_on_matrix_is_a_button_and_nothing_is_said_to_it_in_the_room(story: Meetings) -> None:
    assert await reacts(story, INDY, TOM, "🤔") == []
    assert await said(story, TOM) == "listener maybe"
    assert await reacts(story, INDY, TOM, "👍") == []
    assert await reacts(story, INDY, TOM, "🤔", removed=True) == []
    assert await said(story, TOM) == "listener yes", "the older reaction was tidied away"
    assert await reacts(story, INDY, TOM, "👍", removed=True) == []
    assert await said(story, TOM) == "listener open"


@pytest.mark.parametrize(
    ("sign", "answer"), [("👍", "yes"), ("👌", "yes"), ("👎🏽", "no"), ("🤷‍♀️", "maybe"), ("✍", "yes ✋")]
)
async def test_a_persons_own_reaction_on_telegram_is_their_answer(story: Meetings, sign: str, answer: str) -> None:
    assert await reacts(story, KOELN, HENRIETTE, sign) == []
    assert await said(story, HENRIETTE) == f"speaker {answer}"
    assert await reacts(story, KOELN, HENRIETTE, sign, removed=True) == []
    assert await said(story, HENRIETTE) == "speaker open"


async def test_in_a_direct_room_on_matrix_a_reaction_is_confirmed_in_words(story: Meetings) -> None:
    own = direct_room(JOE)
    await story.says(own, JOE, "!start")
    await story.says(KOELN, ANNA, CREATED.replace("22.02.2027", "22.03.2027"))
    asked = post(story, own, "You are invited as a speaker to roundtable 2")
    story.matrix.reacts(own, JOE, asked.id, "✋")
    await story.quiet()
    assert story.at(own)[-1] == "Noted: you will attend, and wish to speak."
    assert await said(story, JOE, 2) == "speaker yes ✋"


async def test_other_reactions_and_those_to_other_messages_say_nothing(story: Meetings) -> None:
    await reacts(story, KOELN, HENRIETTE, "❤️")
    id = story.telegram.says(KOELN, ANNA, "Kommen alle?")
    await story.quiet()
    story.telegram.reacts(KOELN, HENRIETTE, id, "👍")
    await story.quiet()
    assert await said(story, HENRIETTE) == "speaker open"


async def test_which_roundtable_is_meant(story: Meetings) -> None:
    first = card(story, KOELN)
    await story.says(KOELN, ANNA, CREATED.replace("22.02.2027", "22.03.2027"))
    refused = await story.says(KOELN, HENRIETTE, "/teilnahme ja")
    assert "Welche Runde meinen Sie?" in refused
    assert "/teilnahme 1 ja" in refused
    await story.says(KOELN, HENRIETTE, "/teilnahme ja", reply_to=first.id)
    await story.says(KOELN, HENRIETTE, "/teilnahme nein", reply_to=card(story, KOELN).id)
    assert [await said(story, HENRIETTE, number) for number in (1, 2)] == ["speaker yes", "speaker no"]
    await story.says(private_chat(HENRIETTE), HENRIETTE, "/teilnahme 2 vielleicht")
    assert await said(story, HENRIETTE, 2) == "speaker maybe"
    assert "Eine Runde 7 gibt es hier nicht" in await story.says(KOELN, HENRIETTE, "/teilnahme 7 ja")


@pytest.mark.parametrize("typed", ["", "1", "1 vielleicht nicht mal sicher doch", "bestimmt", "ja ja 1"])
async def test_what_is_no_answer_gets_the_usage(story: Meetings, typed: str) -> None:
    said_so = await story.says(KOELN, HENRIETTE, f"/teilnahme {typed}")
    if typed.startswith(("1 vielleicht", "ja")):
        assert await said(story, HENRIETTE) != "speaker open", "what follows the word is not read"
    else:
        assert "/teilnahme [NUMMER] ja|nein|vielleicht|sprechen|vertretung @NAME" in said_so


async def test_only_mayors_speak_and_others_hear_who_may(story: Meetings) -> None:
    refused = await story.says(KOELN, MEHMET, "/teilnahme sprechen")
    assert "zum Zuhören eingeladen" in refused
    assert "Henriette Reker" in refused
    assert await said(story, MEHMET) == "listener open"
    assert "Henriette Reker" in await presses(story, KOELN, MEHMET, "✋")
    (refused,) = await reacts(story, INDY, TOM, "✋")
    assert "invited as a listener" in refused


async def test_who_is_not_invited_is_refused(story: Meetings) -> None:
    assert "nur, wer eingeladen ist" in await story.says(KOELN, GUSTAV, "/teilnahme ja")
    assert "nur, wer eingeladen ist" in await presses(story, KOELN, GUSTAV, "👍")
    (refused,) = await reacts(story, KOELN, GUSTAV, "👌")
    assert "nur, wer eingeladen ist" in refused
    assert await reacts(story, KOELN, GUSTAV, "👍", removed=True) == []


async def test_linked_accounts_are_one_person_with_one_answer(story: Meetings) -> None:
    here = someone(MessengerName.MATRIX, "@mehmet:test", "Mehmet K.")
    await story.says(INDY, here, "Hello")
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    assert MEHMET.account
    assert here.account
    async with story.database.begin() as store:
        one, other = await store.people.by_account(MEHMET.account), await store.people.by_account(here.account)
        assert one
        assert other
        await store.links.join(other, one)
    await story.quiet()
    assert await said(story, here) == "listener yes"
    await story.says(INDY, here, "!attend no")
    assert await said(story, MEHMET) == "listener no"


async def test_a_coordinator_from_the_settings_answers_for_the_city_of_the_chat(database: Database) -> None:
    assert GUSTAV.account
    async with meetings_on(database, [GUSTAV.account]) as story:
        await story.says(KOELN, GUSTAV, CREATED)
        await story.says(KOELN, GUSTAV, "/teilnahme ja")
        assert await said(story, GUSTAV) == "listener yes"
        await story.says(KOELN, GUSTAV, "/teilnahme nein")
        assert await said(story, GUSTAV) == "listener no"


async def test_who_is_forgotten_vanishes_from_the_card(story: Meetings) -> None:
    await story.says(KOELN, HENRIETTE, "/teilnahme 1 ja")
    assert "Henriette Reker" in story.card(KOELN)
    assert HENRIETTE.account
    async with story.database.begin() as store:
        person = await store.people.by_account(HENRIETTE.account)
        assert person
        await store.people.forget(person)
    await story.quiet()
    assert "Henriette Reker" not in story.card(KOELN)
