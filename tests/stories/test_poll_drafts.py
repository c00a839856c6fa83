"""A draft is changed, published and discarded; a published poll keeps its rules from the first ballot on."""

from __future__ import annotations

from datetime import timedelta

from storage import PollState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, private_chat
from tests.stories.meetings import LEEDS, Meetings
from tests.stories.polls import MADE, presses, preview, somebody_votes, stored, story

__all__ = ["story"]


async def test_its_buttons_change_and_publish_it(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    expected = [
        "veröffentlichen",
        "anderes Verfahren",
        "geheim",
        "Stand erst danach",
        "Vorschläge sammeln",
        "verwerfen",
    ]
    post = preview(story, KOELN).post
    assert post
    assert [each.label for each in post.buttons] == expected
    for shown in ("Ordnen Sie die Themen", "Wählen Sie alle Themen", "Wählen Sie ein Thema", "0 bis 5 Punkte"):
        await presses(story, KOELN, ANNA, "🔢")
        assert shown in preview(story, KOELN).text
    await presses(story, KOELN, ANNA, "🔒")
    assert "⚠️ In einigen US-Bundesstaaten" in preview(story, KOELN).text
    assert "• Der Stand ist erst nach dem Ende zu sehen." in preview(story, KOELN).text
    await presses(story, KOELN, ANNA, "🔓")
    await presses(story, KOELN, ANNA, "📈")
    await presses(story, KOELN, ANNA, "⌛")
    assert "• Der Stand ist erst nach dem Ende zu sehen." in preview(story, KOELN).text
    await presses(story, KOELN, ANNA, "📈")
    assert "Umfrage 1 ist in 3 Chats eröffnet." in await presses(story, KOELN, ANNA, "✅")
    assert preview(story, KOELN).text == "✅ Umfrage 1 ist veröffentlicht: Woran arbeiten wir zuerst?"
    poll, _topics = await stored(story)
    assert (poll.state, poll.method, poll.secret, poll.live) == (PollState.OPEN, "score", False, True)
    assert poll.closes_at == story.clock.now + timedelta(days=7)


async def test_the_count_of_a_secret_poll_is_shown_after_the_close_unless_somebody_says_otherwise(
    story: Meetings,
) -> None:
    await story.says(KOELN, ANNA, f"{MADE}\nwahl: geheim")
    await story.says(KOELN, ANNA, MADE)
    answer = await story.says(KOELN, ANNA, "/umfrage 2 wahl: geheim")
    assert "Der Stand ist erst nach dem Ende zu sehen." in answer
    await story.says(KOELN, ANNA, f"{MADE}\nwahl: geheim\nergebnis: laufend")
    polls = [(await stored(story, number))[0] for number in (1, 2, 3)]
    assert [(each.secret, each.live) for each in polls] == [(True, False), (True, False), (True, True)]
    await presses(story, KOELN, ANNA, "🔢")
    assert (await stored(story, 3))[0].live
    assert "⚠️ Wer den Stand" in preview(story, KOELN).text


async def test_on_matrix_signs_are_the_buttons(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!poll What first? | - Parks | - Schools")
    await presses(story, INDY, GRACE, "🔢")
    assert "Put the topics in order" in preview(story, INDY).text
    story.matrix.reacts(INDY, GRACE, preview(story, INDY).id, "🔢", removed=True)
    await story.quiet()
    assert "Choose all the topics" in preview(story, INDY).text
    await presses(story, INDY, GRACE, "✅")
    assert (await stored(story))[0].state is PollState.OPEN


async def test_nobody_else_can_press_or_change_anything(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    before = await stored(story)
    for sign in ("✅", "🔢", "🔒", "⌛", "💡", "🗑️"):
        assert "Koordination" in await presses(story, KOELN, MEHMET, sign)
        story.clock.pass_(minutes=1)
    for typed in ("veröffentlichen", "themen | - A | - B", "frage Wozu?", "verwerfen", "verfahren: rang", "sammeln"):
        assert "Anna Weber" in await story.says(KOELN, MEHMET, f"/umfrage 1 {typed}"), typed
        story.clock.pass_(minutes=1)
    assert await stored(story) == before


async def test_all_of_it_can_be_typed(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!poll What first? | - Parks | - Schools")
    answers = {
        "method: rank": "The draft of poll 1 has been changed:\nPut the topics in order, the most important one first;"
        " topics left out are last together.",
        "weight person": "One person, one vote, whatever the city.",
        "question What matters   most?": "What matters most?",
        "topics | - Parks (SDG 11) | - Schools | - Buses": "3. Buses",
        "wahl: geheim ergebnis: danach": "Secret ballot",
        "closes: Friday, 6pm": "Friday, January 15, 2027",
        "verfahren: rang": "Poll 1 is already like that.",
    }
    for typed, answer in answers.items():
        assert answer in await story.says(INDY, GRACE, f"!poll 1 {typed}"), typed
        story.clock.pass_(minutes=1)
    shown = preview(story, INDY).text
    assert shown.startswith("📝 Draft of poll 1: What matters most?\n1. Parks (SDG 11 Sustainable Cities")
    assert "Secret ballot: nobody sees who voted how" in shown
    assert "Poll 1 is open in 3 chats." in await story.says(INDY, GRACE, "!poll 1 publish")
    assert "Poll 1 has already been published." in await story.says(INDY, GRACE, "!poll 1 publish")


async def test_what_is_not_known_after_the_number_is_explained(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    answers = {
        "veroffentlichn": "Meinten Sie /umfrage 1 veroeffentlichen?",
        "verfaren: rang": "Meinten Sie /umfrage 1 verfahren:?",
        "verschenken": "Nach der Nummer einer Umfrage können Sie schreiben: veröffentlichen, vorschlag",
        "quorum": "Bitte schreiben Sie einen Wert dazu: quorum: 3 (Personen in jeder Stadt)",
        "frage": "Bitte schreiben Sie die neue Frage dahinter.",
        "themen | - A": "mindestens 2 Themen",
        "themen | - A | - B | C": "Diese Zeile verstehe ich nicht: „C“",
        "themen | - A | - B | verfaren: rang": "Meinten Sie verfahren:?",
        "annehmen 1": "Es gibt keinen Vorschlag für Umfrage 1.",
    }
    for typed, answer in answers.items():
        assert answer in await story.says(KOELN, ANNA, f"/umfrage 1 {typed}"), typed
        story.clock.pass_(minutes=1)
    assert "Eine Umfrage 7 gibt es hier nicht. Es gibt: 1" in await story.says(
        KOELN, ANNA, "/umfrage 7 veröffentlichen"
    )


async def test_editing_the_message_draws_the_preview_anew_until_it_is_published(story: Meetings) -> None:
    id = story.telegram.says(KOELN, ANNA, MADE)
    await story.quiet()
    await presses(story, KOELN, ANNA, "🔒")
    await story.says(KOELN, MEHMET, "/umfrage 1 vorschlag Wärme")
    await story.says(KOELN, ANNA, "/umfrage 1 annehmen 1")
    posts = len(story.at(KOELN))
    story.telegram.edits(KOELN, ANNA, id, MADE.replace("Radwege ausbauen", "Radschnellwege") + "\nquorum: 2")
    await story.quiet()
    assert len(story.at(KOELN)) == posts, "the preview is enough of an answer"
    shown = preview(story, KOELN).text
    assert "1. Radschnellwege (SDG 11" in shown
    assert "4. Wärme" in shown
    assert "mindestens 2 Personen" in shown
    assert "Geheime Abstimmung" in shown
    story.telegram.edits(KOELN, ANNA, id, MADE.replace("(SDG 11)", "(SDG 18)"))
    await story.quiet()
    assert "Ein SDG 18 gibt es nicht" in story.at(KOELN)[-1]
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    before = await stored(story)
    story.telegram.edits(KOELN, ANNA, id, MADE)
    await story.quiet()
    assert "/umfrage 1 themen" in story.at(KOELN)[-1]
    await somebody_votes(story)
    story.telegram.edits(KOELN, ANNA, id, MADE.replace("Radwege", "Radwegenetz"))
    await story.quiet()
    assert "lässt sich nicht mehr ändern" in story.at(KOELN)[-1]
    assert await stored(story) == before


async def test_a_mistake_is_put_right_by_editing_the_message(story: Meetings) -> None:
    id = story.telegram.says(KOELN, ANNA, f"{MADE}\nverfahren: Würfeln")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, f"{MADE}\nverfahren: rang")
    await story.quiet()
    assert preview(story, KOELN).text.startswith("📝 Entwurf der Umfrage 1")
    assert (await stored(story))[0].method == "rank"


async def test_a_draft_is_discarded_and_restored(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    await presses(story, KOELN, ANNA, "🗑️")
    assert preview(story, KOELN).text == "🗑️ Der Entwurf der Umfrage 1 ist verworfen: Woran arbeiten wir zuerst?"
    assert "ist verworfen" in await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    await presses(story, KOELN, ANNA, "↩️")
    assert "3. Schulpartnerschaften" in preview(story, KOELN).text
    assert "ist verworfen" in await story.says(KOELN, ANNA, "/umfrage 1 verwerfen")


async def test_one_preview_is_current_wherever_it_was_asked_for(story: Meetings) -> None:
    await story.says(private_chat(ANNA), ANNA, MADE)
    first = story.at(private_chat(ANNA))[-1]
    assert await story.says(KOELN, ANNA, "/umfrage 1") == first
    assert "nicht mehr aktuell" in story.at(private_chat(ANNA))[-1]
    await presses(story, KOELN, ANNA, "✅")
    assert (await stored(story))[0].is_open


async def test_a_closing_time_that_has_passed_is_set_anew_before_it_is_published(story: Meetings) -> None:
    await story.says(KOELN, ANNA, f"{MADE}\nende: in 2 Stunden")
    await story.pass_(hours=3)
    assert "Bitte legen Sie ein neues fest" in await presses(story, KOELN, ANNA, "✅")
    await story.says(KOELN, ANNA, "/umfrage 1 ende: morgen 12 Uhr")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    assert (await stored(story))[0].is_open


async def test_until_the_first_ballot_everybody_is_told_of_a_change(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    await story.says(INDY, GRACE, "!poll 1 method: single quorum: 2")
    for chat in (KOELN, INDY, LEEDS):
        assert sum(each.startswith("✏️") for each in story.at(chat)) == 1
    assert next(each for each in story.at(LEEDS) if each.startswith("✏️")).splitlines() == [
        "✏️ Poll 1 has been changed: Woran arbeiten wir zuerst?",
        "Choose one topic.",
        "The result takes effect if at least 2 people vote in each city.",
        "Changed by Grace Miller. Nobody had voted yet.",
    ]
    await somebody_votes(story)
    before = await stored(story)
    for typed in ("method: rank", "topics | - A | - B", "question Why?", "closes: tomorrow", "quorum: 1"):
        assert "can no longer be changed: somebody has voted" in await story.says(INDY, GRACE, f"!poll 1 {typed}")
        story.clock.pass_(minutes=1)
    assert await stored(story) == before
    assert "Koordination" not in await story.says(KOELN, MEHMET, "/umfrage 1")


async def test_the_card_the_native_polls_and_the_closing_time_follow_a_change(story: Meetings) -> None:
    await story.says(KOELN, ANNA, f"{MADE}\nverfahren: einzeln")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    await story.says(KOELN, ANNA, "/umfrage 1 themen | - Häfen | - Schulen | ende: morgen 12 Uhr")
    for chat in (KOELN, INDY, LEEDS):
        posts = story.messenger(chat).messages_in(chat)
        assert [each.poll_closed for each in posts if each.poll] == [True, False]
        (card,) = [each.text for each in posts if each.text.startswith("🗳️")]
        assert "1. Häfen\n2. Schulen" in card
    await story.pass_(days=1, hours=3)
    assert (await stored(story))[0].state is PollState.CLOSED


async def test_a_ballot_that_is_being_filled_in_begins_anew_after_a_change(story: Meetings) -> None:
    await story.says(private_chat(MEHMET), MEHMET, "/start")
    await story.says(KOELN, ANNA, MADE)
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    await story.says(private_chat(MEHMET), MEHMET, "/stimme 1")
    await presses(story, private_chat(MEHMET), MEHMET, "5️⃣", story.telegram.messages_in(private_chat(MEHMET))[-1])
    await story.says(KOELN, ANNA, "/umfrage 1 themen | - Schulen | - Häfen")
    assert story.at(private_chat(MEHMET))[-1] == "Umfrage 1 ist geändert. /stimme 1 öffnet Ihren Stimmzettel erneut."
    assert "Thema 1 von 2:\nSchulen" in await story.says(private_chat(MEHMET), MEHMET, "/stimme 1")


async def test_drafts_are_for_who_prepares_them(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    shown = await story.says(INDY, TOM, "!poll 1")
    assert shown.endswith("3. Schulpartnerschaften\n!poll 1 propose TEXT proposes one more topic.")
