"""What people ask the bot, and its replies."""

from __future__ import annotations

import pytest

from bot.commands import budget
from bot.model import ChatRef
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story

MEHMETS = ChatRef(KOELN.messenger, "12")
TOMS = ChatRef(INDY.messenger, "!tom:test")


@pytest.mark.parametrize("text", ["/help", "/HILFE", "/hilfe@IntercityBot", "/help@intercitybot"])
async def test_a_command_is_answered_and_not_relayed(story: Story, text: str) -> None:
    story.telegram.says(KOELN, MEHMET, text)
    await story.quiet()
    assert story.at(INDY) == []
    (answer,) = story.at(KOELN)
    assert "/sprache" in answer
    assert "Sie" in answer


@pytest.mark.parametrize("text", ["/r/x", "!!!", "/", "/xyzzyplugh", "!help", "5/6 sind da"])
async def test_what_is_nothing_like_a_command_crosses(story: Story, text: str) -> None:
    story.telegram.says(KOELN, MEHMET, text)
    await story.quiet()
    assert story.at(INDY) == [f"Mehmet Kaya · Köln: {text}"]
    assert story.at(KOELN) == []


async def test_another_bots_command_is_nobodys_text(story: Story) -> None:
    story.telegram.says(KOELN, MEHMET, "/help@OtherBot")
    await story.quiet()
    assert story.at(INDY) == []
    assert story.at(KOELN) == []


async def test_a_near_miss_gets_a_suggestion_in_the_messengers_form(story: Story) -> None:
    story.matrix.says(INDY, TOM, "!langage de")
    await story.quiet()
    (answer,) = story.at(INDY)
    assert "!language" in answer
    assert story.at(KOELN) == []


async def test_commands_in_forwards_and_edits_do_not_run(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, "/status", forwarded=True)
    story.telegram.says(KOELN, ANNA, "/status", via="@wiki")
    id = story.telegram.says(KOELN, ANNA, "nur so")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "/status")
    await story.quiet()
    assert story.at(KOELN) == []
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["/status", "/status\n(via @wiki)", "/status"]


async def test_status_alone_is_for_coordinators(story: Story) -> None:
    story.telegram.says(KOELN, MEHMET, "/status")
    await story.quiet()
    assert story.at(KOELN) == ["/status ist der Koordination vorbehalten. Das sind hier: Anna Weber und Grace Miller."]
    story.matrix.says(INDY, GRACE, "!status")
    await story.quiet()
    (answer,) = story.at(INDY)
    assert answer.splitlines()[0] == "Köln – Indianapolis"
    assert "Köln (Telegram): ✅" in answer


async def test_status_as_a_reply_says_how_far_a_message_is(story: Story) -> None:
    id = story.telegram.says(KOELN, MEHMET, "Hallo")
    await story.quiet()
    story.telegram.says(KOELN, MEHMET, "/status", reply_to=id)
    await story.quiet()
    (answer,) = story.at(KOELN)
    assert answer.startswith("Indianapolis (Matrix): ✅")


async def test_a_person_is_spoken_to_in_their_language_in_private(story: Story) -> None:
    story.matrix.says(TOMS, TOM, "!me", private=True)
    story.matrix.says(TOMS, TOM, "!sprache deutsch", private=True)
    story.matrix.says(TOMS, TOM, "!zeitzone berlin", private=True)
    story.matrix.says(TOMS, TOM, "!me", private=True)
    await story.quiet()
    before, language, zone, after = story.at(TOMS)
    assert "Time zone" in before
    assert "Deutsch" in language
    assert "Europe/Berlin" in zone
    assert "Zeitzone: Europe/Berlin" in after


async def test_the_language_can_be_chosen_by_button_and_by_reaction(story: Story) -> None:
    story.telegram.says(MEHMETS, MEHMET, "/language", private=True)
    story.matrix.says(TOMS, TOM, "!language", private=True)
    await story.quiet()
    card = story.telegram.messages_in(MEHMETS)[-1]
    assert card.post
    story.telegram.presses(MEHMETS, MEHMET, card.id, card.post.buttons[2].action)
    story.telegram.presses(MEHMETS, MEHMET, card.id, "language:xx_XX")
    story.matrix.reacts(TOMS, TOM, story.matrix.messages_in(TOMS)[-1].id, "🇩🇪")
    await story.quiet()
    assert "English" in story.at(MEHMETS)[-1]
    assert story.telegram.answered == ["q1", "q1"]
    assert len(story.at(MEHMETS)) == 2, "a button that the card does not have does nothing"
    assert "Deutsch" in story.at(TOMS)[-1]


@pytest.mark.parametrize("text", ["!timezone Berln", "!timezone", "!language klingonisch"])
async def test_bad_input_gets_a_polite_answer_and_changes_nothing(story: Story, text: str) -> None:
    story.matrix.says(TOMS, TOM, text, private=True)
    await story.quiet()
    (answer,) = story.at(TOMS)
    assert "Europe/Berlin" in answer or "!timezone" in answer or "!language" in answer
    async with story.database.begin() as store:
        assert TOM.account
        person = await store.people.by_account(TOM.account)
    assert person
    assert (person.locale, person.zone) == (None, None)


async def test_delete_removes_a_message_and_its_copies(story: Story) -> None:
    id = story.telegram.says(KOELN, MEHMET, "Falsch")
    await story.quiet()
    story.matrix.says(INDY, TOM, "!delete", reply_to=story.matrix.messages_in(INDY)[0].id)
    await story.quiet()
    assert "author or a coordinator" in story.at(INDY)[-1]
    story.telegram.says(KOELN, MEHMET, "/löschen", reply_to=id)
    await story.quiet()
    assert [each.text for each in story.matrix.messages_in(INDY)][:1] == ["!delete"]
    assert id not in [each.id for each in story.telegram.messages_in(KOELN)]


async def test_a_features_mistake_is_confessed_and_undone(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("handlers.people._settings.locale_name", fail)
    story.matrix.says(TOMS, TOM, "!language de", private=True)
    await story.quiet()
    (answer,) = story.at(TOMS)
    assert answer.startswith("Something went wrong")
    async with story.database.begin() as store:
        assert TOM.account
        person = await store.people.by_account(TOM.account)
    assert person
    assert person.locale is None


async def test_private_words_go_nowhere(story: Story) -> None:
    story.telegram.says(MEHMETS, MEHMET, "Ganz unter uns", private=True)
    await story.quiet()
    assert story.at(INDY) == []
    assert len(story.at(MEHMETS)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/zeitzone München", "Europe/Berlin"),
        ("/zeitzone Köln", "Europe/Berlin"),
        ("/zeitzone Ankara", "Europe/Istanbul"),
        ("/zeitzone Portland, Maine", "America/New_York"),
        ("/zeitzone GMT+1", "UTC+1 (UTC+01:00)"),
    ],
)
async def test_a_time_zone_may_be_named_by_any_larger_city(story: Story, typed: str, told: str) -> None:
    answer = await story.says(KOELN, MEHMET, typed)
    assert f"jetzt {told}" in answer
    assert "Etc/" not in await story.says(KOELN, MEHMET, "/me")


async def test_who_asks_for_what_has_to_be_looked_up_uses_up_no_more_answers(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "ANSWERS", 3)
    for typed in ("/zeitzone Ankara", "/zeitzone München", "/me"):
        answer = await story.says(KOELN, MEHMET, typed)
    assert "Mehmet Kaya" in answer
    assert "auf einmal" in await story.says(KOELN, MEHMET, "/me")


async def test_who_edits_one_mistyped_command_again_and_again_uses_up_answers(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "ANSWERS", 2)
    id = story.telegram.says(KOELN, MEHMET, "/hilfee")
    for typed in ("/hilffe", "/hilfeee", "/hillfe", "/hilfeh"):
        story.telegram.edits(KOELN, MEHMET, id, typed)
    await story.quiet()
    assert len(story.at(KOELN)) == 3
