"""A coordinator writes a poll, and reads it as everybody will."""

from __future__ import annotations

from bot.model import Sender
from storage import PollState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.meetings import LEEDS, PRIYA, SPACES, Meetings
from tests.stories.polls import MADE, preview, stored, story

__all__ = ["story"]


async def test_the_preview_shows_topics_goals_and_rules_as_each_city_reads_them(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    assert preview(story, KOELN).text == (
        "📝 Entwurf der Umfrage 1: Woran arbeiten wir zuerst?\n"
        "1. Radwege ausbauen (SDG 11 Nachhaltige Städte und Gemeinden)\n"
        "2. Bäume pflanzen (SDG 13 Maßnahmen zum Klimaschutz und SDG 15 Leben an Land)\n"
        "3. Schulpartnerschaften\n"
        "Ende: 1 Woche nach der Veröffentlichung\n"
        "Regeln\n"
        "• Vergeben Sie für jedes Thema 0 bis 5 Punkte; was Sie auslassen, bekommt 0.\n"
        "• Eine Stadt, eine Stimme – gleich wie viele Menschen dort abstimmen.\n"
        "• Das Ergebnis gilt, wenn in jeder Stadt mindestens 1 Person abstimmt.\n"
        "• Abstimmen dürfen: alle in den Chats.\n"
        "• Offene Abstimmung: Aufgezeichnet wird, wer wie abgestimmt hat.\n"
        "• Der Stand ist während der Abstimmung zu sehen.\n"
        "• Bei Gleichstand liegt das Thema vorn, dessen niedrigster Wert in einer Stadt höher ist; dann entscheidet der"
        " Mittelwert aller Stimmen, dann die Runde.\n"
        "Noch kann niemand abstimmen: /umfrage 1 veröffentlichen oder die Schaltfläche veröffentlicht sie. Bis dahin"
        " können Sie Ihre Nachricht bearbeiten oder zum Beispiel /umfrage 1 ende: in 5 Tagen schreiben."
    )
    typed = "!poll What first? | - Cycle paths, SDG 11, 13 | - Parks | method: rank | closes: 2/1/2027 5pm | quorum: 3"
    await story.says(INDY, GRACE, typed)
    american = preview(story, INDY).text.translate(SPACES)
    assert "1. Cycle paths (SDG 11 Sustainable Cities and Communities and SDG 13 Climate Action)\n2. Parks" in american
    assert "• Put the topics in order, the most important one first;" in american
    assert "at least 3 people vote in each city" in american
    assert "Closes: Monday, February 1, 2027\nIndianapolis: 5:00 PM\nKöln: 11:00 PM\nLeeds: 10:00 PM" in american
    typed = "!poll Which one? | - SDG 4: Schools | - [SDG 3] Health | verfahren: einzeln | ende: 3/2/2027, 17:00"
    await story.says(LEEDS, PRIYA, typed)
    british = preview(story, LEEDS).text
    assert "1. Schools (SDG 4 Quality Education)\n2. Health (SDG 3 Good Health and Well-being)" in british
    assert "• Choose one topic." in british
    assert "Closes: Wednesday, 3 February 2027\nLeeds: 17:00\nKöln: 18:00\nIndianapolis: 12:00" in british


async def test_all_keys_are_read_in_both_languages_and_on_one_line(story: Meetings) -> None:
    german = (
        "gewicht: person | wer: Bürgermeister | wahl: geheim | ergebnis: danach | verfahren: Zustimmung | quorum: 2"
    )
    english = "weight: person | voters: mayors | ballot: secret | results: after | method: approval | quorum: 2"
    for number, (chat, who, typed) in enumerate(
        ((KOELN, ANNA, f"/umfrage Was? | - A | - B | {german}"), (KOELN, ANNA, f"/poll Was? | - A | - B | {english}")),
        1,
    ):
        await story.says(chat, who, typed)
        poll, topics = await stored(story, number)
        assert (poll.method, poll.weight, poll.voters, poll.quorum) == ("approval", "person", "mayors", 2)
        assert (poll.secret, poll.live, poll.state) == (True, False, PollState.DRAFT)
        assert [each.text for each in topics] == ["A", "B"]
    shown = preview(story, KOELN).text
    assert "In einigen US-Bundesstaaten" in shown
    assert "In Köln, Indianapolis und Leeds kann das Quorum nicht erreicht werden" in shown


async def test_a_city_without_a_chat_has_no_guests_who_could_vote(story: Meetings) -> None:
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        await store.dialogues.join(dialogue, await store.cities.add("Bonn", "de_DE", "Europe/Berlin"), dialogue.name)
    await story.says(KOELN, ANNA, MADE)
    assert "In Bonn kann das Quorum nicht erreicht werden" in preview(story, KOELN).text


async def test_topics_may_be_numbered_or_have_no_hyphen_and_the_question_several_lines(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/umfrage\nWas zuerst?\n1. Radwege\n2) 30 km/h in der Stadt\nBäume")
    assert [each.text for each in (await stored(story))[1]] == ["Radwege", "30 km/h in der Stadt", "Bäume"]
    await story.says(
        KOELN, ANNA, "/umfrage 30 km/h?\nDas Geld reicht für eines.\n- In der Stadt\n- Vor Schulen\nfoo: bar"
    )
    poll, topics = await stored(story, 2)
    assert poll.question == "30 km/h? Das Geld reicht für eines. foo: bar"
    assert len(topics) == 2


async def test_a_poll_can_be_an_answer_and_be_typed_in_private(story: Meetings) -> None:
    asked = story.telegram.says(KOELN, MEHMET, "Worüber wollen wir abstimmen?")
    assert "Entwurf der Umfrage 1" in await story.says(KOELN, ANNA, MADE, reply_to=asked)
    assert story.at(INDY) == ["[Mehmet Kaya · Köln] Worüber wollen wir abstimmen?"] or len(story.at(INDY)) == 1


async def test_times_are_read_in_every_form(story: Meetings) -> None:
    closes = {
        "in 5 Tagen": "2027-01-18 22:59",
        "7d": "2027-01-20 09:00",
        "48 Stunden": "2027-01-15 09:00",
        "Freitag": "2027-01-15 22:59",
        "bis 22.02.2027": "2027-02-22 22:59",
        "22. Februar, 18 Uhr": "2027-02-22 17:00",
        "heute": "2027-01-13 22:59",
    }
    for number, (typed, expected) in enumerate(closes.items(), 1):
        await story.says(KOELN, ANNA, f"{MADE}\nende: {typed}")
        poll, _topics = await stored(story, number)
        assert f"{poll.closes_at:%Y-%m-%d %H:%M}" == expected, typed


async def test_what_is_missing_or_wrong_is_said_and_nothing_is_half_made(story: Meetings) -> None:
    many = " | ".join(f"- Thema {number}" for number in range(13))
    mistakes: dict[str, str] = {
        "": "/umfrage 3 zeigt die Umfrage Nummer 3",
        "- A | - B": "Wie lautet die Frage?",
        "Was?": "mindestens 2 Themen",
        "Was? | - A": "das ist nur eines",
        f"Was? | {many}": "höchstens 12 Themen haben, das sind 13",
        "Was? | - Radwege | - radwege": "Dieses Thema steht doppelt da: „radwege“",
        "Was? | - A | - #SDG11": "Worum geht es in diesem Thema?",
        "Was? | - A (SDG 18) | - B": "Ein SDG 18 gibt es nicht",
        f"Was? | - {'x' * 151} | - B": "höchstens 150 Zeichen",
        f"{'x' * 301} | - A | - B": "höchstens 300 Zeichen",
        "Was? | - A | - B | verfaren: rang": "Meinten Sie verfahren:?",
        "Was? | - A | - B | verfahren: Würfeln": "verfahren: punkte (0 bis 5 Punkte), rang, zustimmung oder einzeln",
        "Was? | - A | - B | wahl: halb": "wahl: offen oder wahl: geheim",
        "Was? | - A | - B | wer:": "Bitte schreiben Sie einen Wert dazu: wer: alle, fachleute",
        "Was? | - A | - B | ende: irgendwann": "irgendwann",
        "Was? | - A | - B | ende: 22.02.2026": "liegt in der Vergangenheit",
        "Was? | - A | - B | ende: 22.02.2029": "höchstens ein Jahr",
        "Was? | - A | - B | ende: jeden Freitag 12 Uhr": "nur ein Datum",
        "Was? | - A | - B | quorum: 0": "von 1 bis 1.000: „0“ geht nicht",
        "Was? | - A | - B | quorum: 9999": "„9999“ geht nicht",
        "Was? | - A | - B | quorum: 50 %": "quorum: 3 (Personen in jeder Stadt)",
        "7": "Hier gibt es noch keine Umfrage.",
    }
    for typed, answer in mistakes.items():
        assert answer in await story.says(KOELN, ANNA, f"/umfrage {typed}"), typed
        story.clock.pass_(minutes=1)
    ambiguous = await story.says(INDY, GRACE, "!poll What? | - A | - B | closes: March 14, 2027 2:30am")
    assert "That time does not exist" in ambiguous
    async with story.database.begin() as store:
        assert await store.polls.of_dialogue(1) == []


async def test_only_coordinators_make_polls(story: Meetings) -> None:
    made: tuple[tuple[Sender, str], ...] = ((MEHMET, MADE), (TOM, "!poll What? | - A | - B"))
    for who, typed in made:
        chat = KOELN if who is MEHMET else INDY
        assert "Anna Weber" in await story.says(chat, who, typed)
    async with story.database.begin() as store:
        assert await store.polls.of_dialogue(1) == []


async def test_a_mistyped_word_is_suggested(story: Meetings) -> None:
    assert "/umfrage" in await story.says(KOELN, ANNA, MADE.replace("/umfrage", "/umfrag"))
    assert "!poll" in await story.says(INDY, GRACE, "!pol 1")
    assert "!polls" in await story.says(INDY, GRACE, "!pols")
