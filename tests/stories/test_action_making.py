"""Somebody types who does what by when, and it becomes an action point."""

from __future__ import annotations

import pytest

from bot.model import ChatRef, Mention, rich
from tests.stories.action_points import ShownPoint, newest, points, shown, story
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, private_chat, someone
from tests.stories.meetings import CREATED, HENRIETTE, LEEDS, PRIYA, Meetings
from tests.stories.test_linking import link

__all__ = ["story"]

M, T = "Mehmet Kaya (Köln)", "Tom Jackson (Indianapolis)"
# On Wednesday, 13 January 2027:
_TYPED = [
    ("/action Plant trees @tom:test by 15 December", "Plant trees", "2027-12-15", (T,)),
    ("/aufgabe Bäume pflanzen @mehmet bis 15.12.", "Bäume pflanzen", "2027-12-15", (M,)),
    ("/AUFGABE bis 15.12.: Bäume pflanzen @mehmet", "Bäume pflanzen", "2027-12-15", (M,)),
    ("/action @mehmet Plant trees by Friday", "Plant trees", "2027-01-15", (M,)),
    ("/action Plant trees by Friday @mehmet", "Plant trees", "2027-01-15", (M,)),
    (
        "/aufgabe Bäume pflanzen, @mehmet und @grace:test, bis Ende KW 5",
        "Bäume pflanzen",
        "2027-02-05",
        (M, "Grace Miller (Indianapolis)"),
    ),
    (
        "/action Plant trees (@mehmet & @tom:test) by the end of March",
        "Plant trees",
        "2027-03-31",
        (M, T),
    ),
    (
        "/aufgabe Angebot einholen | wer: @mehmet | frist: morgen",
        "Angebot einholen",
        "2027-01-14",
        (M,),
    ),
    (
        "/action Get an offer\nowner: @mehmet, @mehmet\nby: tomorrow",
        "Get an offer",
        "2027-01-14",
        (M,),
    ),
    (
        "/action Talk with @tom:test about trees",
        "Talk with Tom Jackson about trees",
        "",
        (T,),
    ),
    ("/action Go by bus", "Go by bus", "", ()),
    ("/action @tom:test to draft the letter by Friday", "Tom Jackson to draft the letter", "2027-01-15", (T,)),
    ("/aufgabe Bis 15.12. soll @mehmet Angebote einholen", "soll Mehmet Kaya Angebote einholen", "2027-12-15", (M,)),
    ("/aufgabe Angebote einholen, wer: @mehmet, bis: Freitag", "Angebote einholen", "2027-01-15", (M,)),
    ("/aufgabe Bäume pflanzen (verantwortlich: @mehmet, bis 15.12.)", "Bäume pflanzen", "2027-12-15", (M,)),
    ("/aufgabe Bäume pflanzen – @Mehmet Kaya – bis 15.12.", "Bäume pflanzen", "2027-12-15", (M,)),
    ("/aufgabe Bericht bis 15.12., 14 Uhr @mehmet", "Bericht (14:00, Köln)", "2027-12-15", (M,)),
    ("/action Report by 15 Dec, 9-11am Leeds time", "Report (09:00–11:00, Leeds)", "2027-12-15", ()),
    ("/action Report:\n- costs\n- time by 1 March 2027", "Report: – costs – time", "2027-03-01", ()),
    ("/action 3D model of the park @mehmet", "3D model of the park", "", (M,)),
    ("/action Write to info@koeln.de by 2027-02-28", "Write to info@koeln.de", "2027-02-28", ()),
]


async def test_text_owners_and_date_are_recovered_in_any_order(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "Guten Morgen")
    for typed, text, due, owners in _TYPED:
        story.clock.pass_(seconds=10)
        await story.says(KOELN, ANNA, typed)
        assert await shown(story, await newest(story)) == ShownPoint(text, due, owners), typed
    assert [each.number for each in await points(story)] == list(range(1, len(_TYPED) + 1))
    await story.says(INDY, GRACE, "!action Plant trees @tom:test by 2/3")
    assert await shown(story, await newest(story)) == ShownPoint("Plant trees", "2027-02-03", (T,))
    await story.says(LEEDS, PRIYA, "!action Plant trees @tom:test by 2/3")
    assert await shown(story, await newest(story)) == ShownPoint("Plant trees", "2027-03-02", (T,))


async def test_the_name_of_linked_accounts_is_an_owner(story: Meetings) -> None:
    await link(story)
    await story.says(INDY, TOM, "!action Plant trees @Grace Miller by Friday")
    assert await shown(story, await newest(story)) == ShownPoint(
        "Plant trees", "2027-01-15", ("Grace M. (Indianapolis)",)
    )


async def test_what_may_be_unexpected_is_said(story: Meetings) -> None:
    for typed, note in (
        ("Bericht schreiben bis Mai", "/aufgabe 1 frist 15. Dezember"),
        ("Bericht schreiben bis gestern", "keine Frist"),
        ("Bericht schreiben bis zum 1. Quartal 2027", "keine Frist"),
        ("Bericht schreiben @henriette 15.12.", "keine Frist"),
        ("Bericht schreiben, fällig Freitag", "keine Frist"),
        ("Bericht schreiben bis morgen 14 Uhr", "Die Uhrzeit bleibt im Text"),
        ("Bericht schreiben @nobody:test", "nobody hat hier noch nichts geschrieben"),
        ("Mit dem Bus bis zum Bahnhof", "Mit dem Bus bis zum Bahnhof"),
    ):
        assert note in await story.says(KOELN, ANNA, f"/aufgabe {typed}")


async def test_a_mention_names_an_owner(story: Meetings) -> None:
    assert TOM.account
    text = rich("!action Plant trees ", Mention(TOM.account, rich("Tom Jackson")), " by Friday")
    story.matrix.says(INDY, GRACE, text)
    await story.quiet()
    assert await shown(story, await newest(story)) == ShownPoint("Plant trees", "2027-01-15", (T,))


_REFUSED = [
    ("/aufgabe", "Was ist zu tun?"),
    ("/aufgabe @mehmet bis Freitag", "Was ist zu tun?"),
    ("/aufgabe Bäume pflanzen @niemand", "„@niemand“ kenne ich hier nicht"),
    ("/aufgabe Bäume pflanzen @Grace bis Freitag", "nur ein Name"),
    ("/aufgabe Bäume pflanzen bis 3/4", "zweierlei"),
    ("/aufgabe Bäume pflanzen bis 12.1.2027", "in der Vergangenheit"),
    ("/aufgabe Bäume pflanzen bis 31.11.", "Kalender"),
    ("/aufgabe Bäume pflanzen bis jeden Montag 11 Uhr", "nur einmal fällig"),
    ("/aufgabe Bäume pflanzen | frist: bald", "verstehe"),
    ("/aufgabe Bäume pflanzen | wer: die Stadt", "@"),
    ("/aufgabe Bäume pflanzen | federführend: Bonn", "Köln, Indianapolis und Leeds"),
    ("/aufgabe Bäume pflanzen | federführent: Köln", "Meinten Sie"),
    ("/aufgabe Bäume pflanzen | sdg: 18", "SDG 18"),
    ("/aufgabe Bäume pflanzen | sdg: Klima", "Nummern"),
    ("/aufgabe Bäume pflanzen | zu: runde 9", "keine Runde 9"),
    ("/aufgabe Bäume pflanzen | zu: umfrage 9", "keine Umfrage 9"),
    ("/aufgabe Bäume pflanzen | zu: gestern", "runde 3"),
    ("/aufgabe Bäume | de: Bäume | en: Trees", "zweiten Sprache"),
    ("/aufgabe Bäume bis 1.3. | en: Trees by 2 March", "verschiedene Fristen"),
    (f"/aufgabe {'Baum ' * 101}", "zu lang"),
    (f"/aufgabe {'Baum ' * 700}", "zu lang"),
    ("/aufgabe Bäume " + " ".join(["@mehmet"] * 25), "zu viele"),
    ("/aufgabe 99", "keine Aufgabe 99"),
    ("/aufgabe 99 zustimmen", "keine Aufgabe 99"),
    ("/aufgabe 30 Bäume pflanzen @mehmet", "ein Wort vor die Zahl"),
]


async def test_what_is_not_understood_is_answered_and_nothing_is_stored(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "Guten Morgen")
    for typed, answer in _REFUSED:
        story.clock.pass_(minutes=1)
        assert answer in await story.says(KOELN, ANNA, typed), typed
    assert await points(story) == []


async def test_lines_say_who_leads_which_goals_and_what_it_is_about(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    await story.says(KOELN, ANNA, "/umfrage Was zuerst? | - Radwege | - Bäume")
    typed = "/aufgabe Radwege planen (SDG 11) | federführend: koeln | sdg: 13, 3 | zu: runde 1"
    assert "Umfrage 1" in await story.says(KOELN, ANNA, f"{typed}, umfrage 1"), "a draft is nothing to refer to"
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    await story.says(KOELN, ANNA, f"{typed} und Umfrage 1")
    german = await newest(story)
    await story.says(INDY, GRACE, "!action Plan paths #SDG11, lead: Köln SDG: 3 and 13 about: poll 1, round table 1")
    english = await newest(story)
    assert (german.text, english.text) == ("Radwege planen", "Plan paths")
    for point in (german, english):
        assert (point.sdgs, point.roundtable, point.poll) == ((3, 11, 13), 1, 1)
        async with story.database.begin() as store:
            koeln = await store.cities.named("Köln")
        assert koeln
        assert point.lead_city_id == koeln.id


async def test_a_text_may_have_a_second_one_in_another_language(story: Meetings) -> None:
    for typed, expected in (
        ("Bäume pflanzen | en: Plant trees", ("Bäume pflanzen", "de", "Plant trees", "en")),
        ("Plant trees | de: Bäume pflanzen", ("Plant trees", "en", "Bäume pflanzen", "de")),
        ("en: Plant trees | deutsch: Bäume pflanzen", ("Bäume pflanzen", "de", "Plant trees", "en")),
        ("Bäume pflanzen", ("Bäume pflanzen", "de", None, None)),
        ("Bäume bis 1.3. @henriette | en: Trees by 1 March @henriette", ("Bäume", "de", "Trees", "en")),
        ("en: Plant trees", ("Plant trees", "en", None, None)),
    ):
        await story.says(KOELN, ANNA, f"/aufgabe {typed}")
        point = await newest(story)
        assert (point.text, point.language, point.translation, point.translation_language) == expected, typed
    await story.says(INDY, GRACE, "!action Plant trees")
    assert (await newest(story)).language == "en"


# As a reply


async def test_the_message_that_is_replied_to_becomes_the_source(story: Meetings) -> None:
    said = story.matrix.says(INDY, TOM, "We should plant trees at the station.")
    await story.quiet()
    (copy,) = [each for each in story.telegram.messages_in(KOELN) if "station" in each.text]
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen @tom:test", reply_to=copy.id)
    async with story.database.begin() as store:
        indy = await store.chats.by_ref(INDY)
        assert indy
        stored = await store.messages.find(indy, said)
        assert stored
    assert (await newest(story)).source_id == stored.id
    for chat, shown_as in ((INDY, said), (KOELN, copy.id)):
        card = story.messenger(chat).messages_in(chat)[-1]
        assert "Tom Jackson" in card.text
        assert card.reply_to == shown_as, "the card leads to the message, wherever it is read"
    assert "Text wird aber nicht übernommen" in await story.says(KOELN, ANNA, "/aufgabe bis Freitag", reply_to=copy.id)
    assert len(await points(story)) == 1


async def test_a_reply_to_the_card_of_a_roundtable_is_about_it(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    (card,) = [each for each in story.matrix.messages_in(INDY) if each.text.startswith("🗓️")]
    await story.says(INDY, TOM, "!action Book the hall", reply_to=card.id)
    assert ((await newest(story)).roundtable, (await newest(story)).source_id) == (1, None)
    await story.says(INDY, GRACE, "!news New funds | Apply until June.")
    post = story.matrix.messages_in(INDY)[-1]
    await story.says(INDY, TOM, "!action Apply for the funds", reply_to=post.id)
    assert story.matrix.messages_in(INDY)[-1].reply_to == post.id


# Who may


async def test_guests_are_told_who_may(story: Meetings) -> None:
    guest = someone(GRACE.account.messenger, "@guest:test", "Gus Gast") if GRACE.account else GRACE
    answer = await story.says(INDY, guest, "!action Plant trees")
    assert "staff, mayors and coordinators" in answer
    assert "Grace Miller" in answer
    assert await points(story) == []
    for chat, who in ((INDY, TOM), (KOELN, HENRIETTE)):
        await story.says(chat, who, f"{'!' if chat == INDY else '/'}action Plant trees")
    assert len(await points(story)) == 2


async def test_the_card_is_the_answer_where_it_was_typed(story: Meetings) -> None:
    before = {chat: len(story.at(chat)) for chat in (KOELN, INDY, LEEDS)}
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen bis Freitag")
    for chat, number in before.items():
        (card,) = story.at(chat)[number:]
        assert "Bäume pflanzen" in card


async def test_in_private_it_is_acknowledged_there_and_shown_in_every_chat(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "Guten Morgen")
    answer = await story.says(private_chat(ANNA), ANNA, "/aufgabe Bäume pflanzen bis Freitag")
    assert "Aufgabe 1" in answer
    assert "3 Chats" in answer
    assert (await newest(story)).proposed_by is not None


async def test_with_several_dialogues_the_bot_asks_which_one_is_meant(story: Meetings) -> None:
    async with story.database.begin() as store:
        koeln, leeds = await store.cities.named("Köln"), await store.cities.named("Leeds")
        assert koeln
        assert leeds
        other = await store.dialogues.add("Köln – Leeds", (koeln, leeds))
        await store.chats.pair(ChatRef(KOELN.messenger, "-1009"), other, koeln)
    await story.says(KOELN, ANNA, "Guten Morgen")
    await story.says(ChatRef(KOELN.messenger, "-1009"), ANNA, "Guten Morgen")
    assert "Welchen meinen Sie?" in await story.says(private_chat(ANNA), ANNA, "/aufgabe Bäume pflanzen")
    assert await points(story) == []


async def test_nobody_floods_the_chats_with_proposals(story: Meetings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.agreements.actions._creation.MOST", 2)
    for number in range(3):
        answer = await story.says(KOELN, ANNA, f"/aufgabe Baum Nummer {number} pflanzen")
    assert "innerhalb einer Stunde 2 Aufgaben" in answer
    await story.says(KOELN, MEHMET, "/aufgabe Einen Baum fällen")
    story.clock.pass_(hours=1)
    await story.says(KOELN, ANNA, "/aufgabe Noch einen Baum pflanzen")
    assert len(await points(story)) == 4


async def test_a_time_of_day_is_left_out_of_a_new_due_date(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen")
    assert "die Uhrzeit" in await story.says(KOELN, ANNA, "/aufgabe 1 frist 15.12. 14 Uhr")
    assert (await shown(story, await newest(story))).due == "2027-12-15"


# The message in which it was typed


async def test_a_refused_command_is_corrected_by_editing_it(story: Meetings) -> None:
    id = story.telegram.says(KOELN, ANNA, "/aufgabe Bäume pflanzen @niemand bis 3/4")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "/aufgabe Bäume pflanzen @henriette bis 3/4")
    await story.quiet()
    assert "zweierlei" in story.at(KOELN)[-1]
    story.telegram.edits(KOELN, ANNA, id, "/aufgabe Bäume pflanzen @henriette bis 3.4.")
    await story.quiet()
    (point,) = await points(story)
    assert await shown(story, point) == ShownPoint("Bäume pflanzen", "2027-04-03", ("Henriette Reker (Köln)",))


async def test_editing_the_command_edits_the_point_and_deleting_it_does_not_delete_it(story: Meetings) -> None:
    id = story.matrix.says(INDY, TOM, "!action Plant tres by Friday")
    await story.quiet()
    story.matrix.edits(INDY, TOM, id, "!action Plant trees by Monday @joe:test")
    await story.quiet()
    (point,) = await points(story)
    assert await shown(story, point) == ShownPoint("Plant trees", "2027-01-18", ("Joe Hogsett (Indianapolis)",))
    assert point.version == 2
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert [each.version for each in await points(story)] == [2]


async def test_a_withdrawn_point_stays_as_it_is_when_its_command_is_edited(story: Meetings) -> None:
    id = story.telegram.says(KOELN, ANNA, "/aufgabe Bäume pflanzen")
    await story.quiet()
    await story.says(KOELN, ANNA, "/aufgabe 1 zurückziehen")
    story.telegram.edits(KOELN, ANNA, id, "/aufgabe Büsche pflanzen")
    await story.quiet()
    assert [(each.text, each.version) for each in await points(story)] == [("Bäume pflanzen", 1)]
    assert "zurückgezogen" in story.at(KOELN)[-1]


# Another one in its place, and what is typed after the number


async def test_a_point_that_replaces_another_one_knows_it_and_what_it_is_about(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen (SDG 13) @henriette")
    assert "stattdessen" in await story.says(KOELN, ANNA, "/aufgabe 1 ersetzen")
    await story.says(INDY, TOM, "!action 1 supersede Plant shrubs @tom:test by 1 March")
    old, new = await points(story)
    assert (new.replaces, new.sdgs, old.state) == (1, (13,), "proposed")
    assert await shown(story, new) == ShownPoint("Plant shrubs", "2027-03-01", (T,))


async def test_a_word_alone_is_no_text(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen")
    card = story.telegram.messages_in(KOELN)[-1]
    assert "/aufgabe 1 zustimmen" in await story.says(KOELN, ANNA, "/aufgabe zustimmen 1")
    assert "Die Nummer kommt zuerst" in await story.says(KOELN, ANNA, "/aufgabe zustimmen")
    assert "Bäume pflanzen" in await story.says(KOELN, ANNA, "/aufgabe offen")
    assert "Köln stimmt zu" in await story.says(KOELN, ANNA, "/aufgabe zustimmen", reply_to=card.id)
    await story.says(KOELN, ANNA, "/action Edit the website")
    assert [each.text for each in await points(story)] == ["Bäume pflanzen", "Edit the website"]


async def test_a_mistyped_word_gets_a_suggestion(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen")
    assert "/aufgabe 1 zustimmen" in await story.says(KOELN, ANNA, "/aufgabe 1 zustimen")
    assert "zurückziehen" in await story.says(KOELN, ANNA, "/aufgabe 1 xyz")
    assert "!action?" in await story.says(INDY, GRACE, "!acton 1 agree")
    assert "/aufgabe" in await story.says(KOELN, ANNA, "/aufgbe Bäume pflanzen bis Freitag")
    assert len(await points(story)) == 1
