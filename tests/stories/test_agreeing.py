"""Cities agree on action points: card, confirmation, objection, and what every chat is told."""

from __future__ import annotations

import re

from bot.agreement import AgreementState, Step
from bot.model import ChatRef
from tests.stories.agreeing import CHATS, MADE, MAYORS, agreed, cards, presses, proposed, steps, stored, story, types
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, direct_room, private_chat, someone
from tests.stories.meetings import HENRIETTE, JOE, LEEDS, NOW, PRIYA, Meetings

__all__ = ["story"]

GUEST = someone(KOELN.messenger, "99", "Gerd Gast", "de")


def numbers(story: Meetings) -> set[str]:
    """Return the check number in the last post of each chat."""
    found = [re.search(r"(?:Check number|Prüfnummer): ([0-9a-f]{8})\b", story.at(chat)[-1]) for chat in CHATS]
    return {each[1] for each in found if each}


async def test_a_point_is_agreed_as_soon_as_every_city_agrees(story: Meetings) -> None:
    await proposed(story)
    assert "Köln stimmt zu" in await presses(story, KOELN, HENRIETTE, "✅")
    assert "Still missing: Leeds." in await presses(story, INDY, JOE, "✅")
    for chat, row in (
        (KOELN, "⏳ Leeds hat noch nicht geantwortet"),
        (INDY, "✅ Köln agrees: Henriette Reker, mayor"),
        (LEEDS, "⏳ Leeds has not answered yet"),
    ):
        assert row in cards(story, chat)[-1].text
    await types(story, LEEDS, PRIYA, "action 1 agree")
    assert len(numbers(story)) == 1, "the same in every chat"
    for chat, title in ((KOELN, "Aufgabe 1: beschlossen"), (INDY, "Action point 1: agreed")):
        assert [title in each for each in story.at(chat)].count(True) == 2, "on the card, and as a post"
    assert "Englisch: Plant trees by the Rhine" in story.at(KOELN)[-1]
    assert (await stored(story)).agreement.in_force == 1
    assert [each.emoji for each in cards(story, INDY)[-1].post.buttons] == ["☑️"]  # type: ignore[union-attr]


async def test_the_words_of_both_languages_are_understood(story: Meetings) -> None:
    for number, (yes, no) in enumerate((("zustimmen", "einwand"), ("agree", "object")), 1):
        await proposed(story)
        assert "Köln stimmt zu" in await types(story, KOELN, ANNA, f"aufgabe {number} {yes}")
        assert "Too few" in await types(story, INDY, GRACE, f"action {number} {no} Too few")
        assert await steps(story, number) == [Step.PROPOSED, Step.CONFIRMED, Step.OBJECTED]


async def test_who_may_not_is_told_whom_to_ask(story: Meetings) -> None:
    await proposed(story)
    for chat, who, told in (
        (KOELN, MEHMET, "Für Köln sind das: Anna Weber und Henriette Reker."),
        (KOELN, GUEST, "jeweils für die eigene Stadt"),
        (INDY, TOM, "In Indianapolis you can ask: Grace Miller and Joe Hogsett."),
    ):
        for command in ("action 1 agree", "action 1 object No"):
            assert told in await types(story, chat, who, command)
        for sign in "✅✋":
            assert told in await presses(story, chat, who, sign)
    assert await steps(story) == [Step.PROPOSED]


async def test_agreeing_twice_is_answered_politely(story: Meetings) -> None:
    await proposed(story)
    await presses(story, KOELN, HENRIETTE, "✅")
    assert "Köln hat diesem Text schon zugestimmt" in await presses(story, KOELN, ANNA, "✅")
    for chat, who in MAYORS[1:]:
        await types(story, chat, who, "action 1 agree")
    assert "Diesem Text haben alle Städte schon zugestimmt" in await types(story, KOELN, ANNA, "aufgabe 1 zustimmen")
    assert "alle Städte schon zugestimmt" in await types(story, KOELN, ANNA, "aufgabe 1 einwand Nein")
    assert (await steps(story)).count(Step.AGREED) == 1


async def test_all_at_the_same_moment_agree_once(story: Meetings) -> None:
    await proposed(story)
    for chat, who in MAYORS:
        story.messenger(chat).says(chat, who, f"{story.messenger(chat).capabilities.command_prefix}action 1 agree")
    await story.quiet()
    assert await steps(story) == [Step.PROPOSED, *[Step.CONFIRMED] * 3, Step.AGREED]
    for chat in CHATS:
        assert sum(bool(re.search("Prüfnummer|Check number", each)) for each in story.at(chat)) == 1


async def test_in_private_the_answer_is_private_and_the_change_public(story: Meetings) -> None:
    await proposed(story)
    room = direct_room(JOE)
    assert "Still missing: Köln and Leeds." in await types(story, room, JOE, "action 1 agree")
    assert "✅ Indianapolis" in cards(story, KOELN)[-1].text
    await types(story, room, JOE, "action 1")
    assert "It needs work" in await types(story, room, JOE, "action 1 object It needs work")
    assert "It needs work" in story.at(KOELN)[-1]


# Objections


async def test_an_objection_asks_for_its_reason(story: Meetings) -> None:
    await proposed(story)
    await presses(story, LEEDS, PRIYA, "✋")
    question = cards(story, LEEDS)[-1]
    assert "why does Leeds object?" in question.text
    await story.says(LEEDS, PRIYA, "There is no room\nfor trees", reply_to=question.id)
    for chat in CHATS:
        assert "There is no room for trees" in story.at(chat)[-1]
        assert "Priya Shah" in story.at(chat)[-1]
        assert not [each for each in story.at(chat) if each.endswith("room\nfor trees")], "it is not passed on besides"
    assert "already objected" in await presses(story, LEEDS, PRIYA, "❌", question)
    assert "a city objects" in next(each.text for each in cards(story, INDY))
    await presses(story, LEEDS, PRIYA, "✅", cards(story, LEEDS)[0])
    assert (await stored(story)).state is AgreementState.PROPOSED, "agreeing takes the objection back"


async def test_the_reason_can_be_given_in_private_or_not_at_all(story: Meetings) -> None:
    await proposed(story)
    here = private_chat(HENRIETTE)
    await types(story, here, HENRIETTE, "aufgabe 1 einwand")
    await presses(story, here, HENRIETTE, "❌")
    assert story.at(here)[-1] == "Es wurde kein Einwand erhoben."
    await types(story, here, HENRIETTE, "aufgabe 1 einwand")
    await story.says(here, HENRIETTE, "Zu teuer", reply_to=cards(story, here)[-1].id)
    assert "Köln objects" in story.at(INDY)[-1]
    assert await steps(story) == [Step.PROPOSED, Step.OBJECTED]


async def test_an_objection_takes_back_that_the_city_agreed(story: Meetings) -> None:
    await proposed(story)
    for chat, who in MAYORS[:2]:
        await types(story, chat, who, "action 1 agree")
    await types(story, KOELN, ANNA, "aufgabe 1 einwand Zu teuer")
    await types(story, LEEDS, PRIYA, "action 1 agree")
    assert (await stored(story)).state is AgreementState.OBJECTED
    await types(story, KOELN, HENRIETTE, "aufgabe 1 zustimmen")
    assert (await stored(story)).state is AgreementState.AGREED


# Edits


async def test_an_edit_voids_what_was_said_and_shows_old_and_new(story: Meetings) -> None:
    await proposed(story)
    await presses(story, KOELN, HENRIETTE, "✅")
    before = {chat: cards(story, chat)[-1] for chat in CHATS}
    old = {chat: before[chat].post.buttons for chat in CHATS if before[chat].post}  # type: ignore[union-attr]
    await types(story, INDY, TOM, "action 1 edit Bäume am White River pflanzen @tom:test by 17 December 2027")
    for chat in CHATS:
        assert before[chat].post
        assert not before[chat].post.buttons  # type: ignore[union-attr]
        card = cards(story, chat)[-1].text
        assert "Bäume am White River pflanzen" in card
        assert "Bäume am Rhein pflanzen" in card
    card = cards(story, KOELN)[-1].text
    assert "Frist: Freitag, 17. Dezember 2027 (bisher: Mittwoch, 15. Dezember 2027)" in card
    assert "Wer: Tom Jackson (Indianapolis), Mehmet Kaya (Köln); noch niemand in Leeds" in card
    assert "Englisch: entfällt" in card
    assert "✅" not in card
    story.telegram.presses(KOELN, HENRIETTE, before[KOELN].id, old[KOELN][0].action)
    story.matrix.reacts(INDY, JOE, before[INDY].id, "✅")
    await story.quiet()
    assert "Der Text wurde inzwischen geändert" in story.telegram.told[-1]
    assert "has been changed meanwhile" in story.at(INDY)[-1]
    assert await steps(story) == [Step.PROPOSED, Step.CONFIRMED, Step.EDITED]


async def test_an_agreed_text_stays_in_force_until_the_new_one_is_agreed(story: Meetings) -> None:
    await agreed(story)
    await types(story, KOELN, MEHMET, "aufgabe 1 frist 20.12.2027")
    assert "gilt weiter Fassung 1" in cards(story, KOELN)[-1].text
    await types(story, KOELN, MEHMET, "aufgabe 1 frist keine")
    assert "Fassung 1: Bäume am Rhein pflanzen" in cards(story, KOELN)[-1].text
    point = await stored(story)
    assert (point.version, point.agreement.in_force, point.due_on) == (3, 1, None)
    for chat, who in MAYORS:
        await types(story, chat, who, "action 1 agree")
    assert (await stored(story)).agreement.in_force == 3


async def test_owners_are_named_for_their_cities(story: Meetings) -> None:
    await proposed(story)
    await types(story, INDY, TOM, "action 1 owner @tom:test")
    assert "Who: Tom Jackson (Indianapolis), Mehmet Kaya (Köln); nobody yet in Leeds" in cards(story, LEEDS)[-1].text
    await types(story, KOELN, ANNA, "aufgabe 1 wer @anna")
    assert "Anna Weber (Köln)" in cards(story, LEEDS)[-1].text
    await types(story, KOELN, ANNA, "aufgabe 1 wer niemand")
    assert "Who: nobody yet in Indianapolis, Köln and Leeds" in cards(story, LEEDS)[-1].text
    assert "@NAME" in await types(story, KOELN, ANNA, "aufgabe 1 wer Anna")
    assert "ändert das nichts" in await types(story, KOELN, ANNA, "aufgabe 1 wer niemand")
    assert (await stored(story)).version == 4


async def test_an_owner_who_is_forgotten_leaves_a_gap_that_is_seen(story: Meetings) -> None:
    await proposed(story)
    assert MEHMET.account
    async with story.database.begin() as store:
        person = await store.people.by_account(MEHMET.account)
        assert person
        assert await store.people.forget(person)
    assert "niemand mehr in Köln" in await types(story, KOELN, ANNA, "aufgabe 1")
    assert "jemand, dessen Daten gelöscht wurden" in story.at(KOELN)[-1]
    await stored(story)


# Its life


async def test_done_reopened_and_withdrawn_are_announced_everywhere(story: Meetings) -> None:
    await agreed(story)
    await presses(story, INDY, TOM, "☑️")
    for chat, word in ((KOELN, "Aufgabe 1 ist erledigt."), (INDY, "Action point 1 is done."), (LEEDS, "is done.")):
        assert word in story.at(chat)[-1]
    assert "bereits erledigt" in await types(story, KOELN, MEHMET, "aufgabe 1 erledigt")
    assert "ist wieder offen" in await types(story, KOELN, MEHMET, "aufgabe 1 oeffnen Es fehlen noch drei")
    assert "Remark: Es fehlen noch drei" in story.at(LEEDS)[-1]
    assert "noch nicht als erledigt" in await types(story, KOELN, MEHMET, "aufgabe 1 öffnen")
    assert "zieht die Bürgermeisterin" in await types(story, KOELN, MEHMET, "aufgabe 1 zurueckziehen")
    assert "has been withdrawn" in await types(story, LEEDS, PRIYA, "action 1 withdraw Too late")
    assert "Anmerkung: Too late" in story.at(KOELN)[-1]
    for command in ("agree", "object No", "edit Something else", "done", "reopen", "withdraw", "due none"):
        assert "withdrawn or replaced" in await types(story, INDY, GRACE, f"action 1 {command}"), command


async def test_what_is_done_is_what_was_agreed_and_not_a_change_of_it(story: Meetings) -> None:
    """Neither the announcement, nor the card, nor minutes show a text that no city has agreed to as done."""
    await agreed(story)
    await types(story, KOELN, ANNA, "protokoll anfang Treffen")
    await types(story, KOELN, MEHMET, "aufgabe 1 ändern Alles fällen @anna bis 20.12.2027")
    await types(story, INDY, TOM, "action 1 done")
    assert "Bäume am Rhein pflanzen" in story.at(KOELN)[-1]
    shown = await types(story, KOELN, GUEST, "aufgabe 1")
    for part in ("Bäume am Rhein pflanzen", "Mehmet Kaya (Köln)", "15. Dezember 2027"):
        assert part in shown
    assert "Alles fällen" not in shown
    await types(story, KOELN, ANNA, "#info Ende")
    await types(story, KOELN, ANNA, "protokoll ende")
    async with story.database.begin() as store:
        minutes = await store.minutes.numbered(1, 1)
        assert minutes
        (first, *_more) = await store.agreements.history(minutes.agreement_id or 0)
    assert [each["text"] for each in first.content["actions"]] == ["Bäume am Rhein pflanzen"]
    await types(story, INDY, TOM, "action 1 reopen")
    assert "Alles fällen" in await types(story, KOELN, GUEST, "aufgabe 1")


async def test_only_what_is_agreed_can_be_done(story: Meetings) -> None:
    await proposed(story)
    assert "Noch haben nicht alle Städte zugestimmt" in await types(story, KOELN, MEHMET, "aufgabe 1 erledigt")
    assert "zurückgezogen" in await types(story, KOELN, MEHMET, "aufgabe 1 zurückziehen"), "a proposal, by its proposer"
    assert await steps(story) == [Step.PROPOSED, Step.WITHDRAWN]


async def test_a_point_replaces_another_one_when_it_is_agreed(story: Meetings) -> None:
    await agreed(story)
    await types(story, KOELN, MEHMET, "aufgabe 1 ersetzen Radwege bauen @mehmet")
    assert "Sobald sie beschlossen ist, ersetzt sie Aufgabe 1." in cards(story, KOELN)[-1].text
    assert (await stored(story)).state is AgreementState.AGREED
    for chat, who in MAYORS:
        await types(story, chat, who, "action 2 agree")
    assert (await stored(story)).state is AgreementState.SUPERSEDED
    assert "It replaces action point 1." in story.at(INDY)[-1]
    assert any("Action point 1: replaced by action point 2" in each for each in story.at(INDY))
    assert (await steps(story))[-1] is Step.SUPERSEDED


async def test_who_edits_the_message_that_replaces_a_point_edits_the_new_one(story: Meetings) -> None:
    await agreed(story)
    id = story.telegram.says(KOELN, MEHMET, "/aufgabe 1 ersetzen Radwege bauen")
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, id, "/aufgabe 1 ersetzen Radwege ausbauen")
    await story.quiet()
    assert await steps(story, 2) == [Step.PROPOSED, Step.EDITED]
    assert "Radwege ausbauen" in cards(story, KOELN)[-1].text
    assert "Es gibt hier keine Aufgabe 3" in await types(story, KOELN, MEHMET, "aufgabe 3")


# The history


async def test_a_point_shows_its_history_and_proves_it(story: Meetings) -> None:
    await agreed(story)
    shown = {chat: await types(story, chat, who, "action 1") for chat, who in MAYORS}
    assert len({re.findall(r"[0-9a-f]{8}", each)[-1] for each in shown.values()}) == 1
    assert "proposed by Mehmet Kaya" in shown[LEEDS]
    assert "Köln agrees: Henriette Reker, mayor" in shown[LEEDS]
    assert "Der Verlauf (5 Schritte) ist vollständig und unverändert" in shown[KOELN]
    assert "alle Städte stimmen Fassung 1 zu" in await types(story, KOELN, GUEST, "aufgabe 1 verlauf")
    await presses(story, INDY, TOM, "☑️")
    assert (await stored(story)).state is AgreementState.DONE, "what is shown has the buttons, too"


# Who takes part


async def test_a_city_that_leaves_is_not_waited_for_any_more(story: Meetings) -> None:
    await proposed(story)
    await types(story, KOELN, ANNA, "aufgabe 1 zustimmen")
    await types(story, INDY, GRACE, "action 1 agree")
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(LEEDS)
        assert chat
        await store.chats.unpair(chat)
    await story.quiet()
    assert (await stored(story)).state is AgreementState.AGREED
    assert "Aufgabe 1: beschlossen" in story.at(KOELN)[-1]
    assert "agreed" not in story.at(LEEDS)[-1]


async def test_a_city_that_joins_is_asked_as_well(story: Meetings) -> None:
    await proposed(story)
    york = ChatRef(LEEDS.messenger, "!york:test")
    story.matrix.messages_in(york)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        city = await store.cities.add("York", "en_GB", "Europe/London")
        dialogue = await store.dialogues.join(dialogue, city, "four cities")
        await store.chats.pair(york, dialogue, city)
    await story.quiet()
    assert "⏳ York has not answered yet" in story.at(york)[-1]
    assert "⏳ York" in cards(story, KOELN)[-1].text
    for chat, who in MAYORS:
        await types(story, chat, who, "action 1 agree")
    assert (await stored(story)).state is AgreementState.PROPOSED


# Texts that are still on their way


async def test_the_first_text_can_be_agreed_to_at_once(story: Meetings) -> None:
    """While its card is still queued: there is no other text that could be meant."""
    story.matrix.hold()
    story.telegram.says(KOELN, MEHMET, MADE)
    await story.telegram.taken_in()
    story.matrix.says(INDY, JOE, "!action 1 agree")
    await story.matrix.taken_in()
    assert await steps(story) == [Step.PROPOSED, Step.CONFIRMED]
    story.matrix.release()
    await story.quiet()


async def test_who_agreed_before_an_edit_had_arrived_meant_another_text(story: Meetings) -> None:
    """The message comes late, when the card of the new text is there."""
    await proposed(story)
    story.clock.pass_(minutes=1)
    await types(story, KOELN, MEHMET, "aufgabe 1 frist 20.12.2027")
    story.matrix.clock = lambda: NOW
    assert "has been changed meanwhile" in await types(story, INDY, JOE, "action 1 agree")
    story.matrix.clock = story.clock
    assert "Indianapolis agrees" in await types(story, INDY, JOE, "action 1 agree")


async def test_a_messenger_whose_clock_is_wrong_by_days_keeps_nobody_from_agreeing(story: Meetings) -> None:
    await proposed(story)
    story.clock.pass_(days=2)
    await types(story, KOELN, MEHMET, "aufgabe 1 frist 20.12.2027")
    story.matrix.clock = lambda: NOW
    assert "Indianapolis agrees" in await types(story, INDY, JOE, "action 1 agree")
