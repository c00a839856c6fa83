"""Texts that look like commands but are none, and what happens when the author of a mistyped one edits it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Attachment, ChatRef, Edit, Mention, MessageRef, MessengerName, Reply, rich
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story
from tests.stories.people import role_of

CROSSES = [
    "!Hello everybody",
    "!stations closed today",
    "!helpp needed for the festival",
    "!rolls @Anna brought to the meeting are great",
    "!rolle reversal is a nice word",
    "!lingual signs at the station",
    "!times change",
    "!muted colours for the poster",
    "!pear trees for the park",
    "!Hello @Anna",
]


@pytest.mark.parametrize("text", [each for each in CROSSES if not each.startswith("!rolle ")])
async def test_what_only_begins_like_a_command_crosses(story: Story, text: str) -> None:
    await story.says(INDY, TOM, text)
    assert story.at(KOELN) == [f"Tom Jackson · Indianapolis: {text}"]
    assert story.at(INDY) == []


async def test_a_festival_crosses_from_telegram_too(story: Story) -> None:
    await story.says(KOELN, MEHMET, "/helpp needed for the festival")
    assert story.at(INDY) == ["Mehmet Kaya · Köln: /helpp needed for the festival"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("!helpp", "!help"),
        ("!helpp language", "!help"),
        ("!rol mayor", "!role"),
        ("!roll @Anna", "!role"),
        ("!rols @grace mayor", "!role"),
        ("!langage de", "!language"),
        ("!timezon Europe/Berlin", "!timezone"),
        ("!mutte @eve", "!mute"),
        ("!paır K7QF-2MXD Leeds", "!pair"),
        ("!pairr yes", "!pair"),
        ("!pairr Leeds zone: Europe/London", "!pair"),
    ],
)
async def test_a_near_miss_whose_rest_fits_is_suggested(story: Story, text: str, meant: str) -> None:
    assert meant in await story.says(INDY, TOM, text)
    assert "passed on" in story.at(INDY)[-1]
    assert story.at(KOELN) == []


async def test_a_mention_by_pill_fits(story: Story) -> None:
    assert MEHMET.account
    story.matrix.says(INDY, GRACE, rich("!rol ", Mention(MEHMET.account, rich("Mehmet Kaya")), " staff"))
    await story.quiet()
    assert "!role" in story.at(INDY)[-1]


async def test_where_nothing_crosses_every_near_miss_is_suggested(unpaired: Story) -> None:
    answer = await unpaired.says(INDY, GRACE, "!pairr Indianapolis")
    assert "!pair" in answer
    assert "passed on" not in answer


async def edited(story: Story, chat: ChatRef, text: str, before: str = "!helpp") -> str:
    """Edit, as Tom, the message that was held back; return its id."""
    id = story.messenger(chat).says(chat, TOM, before)
    await story.quiet()
    story.messenger(chat).edits(chat, TOM, id, text)
    await story.quiet()
    return id


async def test_what_was_held_back_crosses_when_it_is_edited_into_ordinary_text(story: Story) -> None:
    id = await edited(story, INDY, "Help is needed")
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Help is needed"]
    story.matrix.edits(INDY, TOM, id, "Help is needed on Friday")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Help is needed on Friday"], "from then on it is like others"
    story.matrix.edits(INDY, TOM, id, "!help")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: !help"], "and no edit of it runs"
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_reply_to_what_was_held_back_finds_it_after_it_has_crossed(story: Story) -> None:
    id = await edited(story, INDY, "Help is needed")
    await story.says(INDY, GRACE, "Where?", reply_to=id)
    first, second = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert second.reply_to == first.id


async def test_an_answer_that_was_held_back_quotes_what_never_crossed(story: Story) -> None:
    command = story.matrix.says(INDY, GRACE, "!me")
    told = Reply(MessageRef(INDY, command), "Grace Miller", rich("what Grace said"))
    id = story.matrix.says(INDY, TOM, "!helpp", reply_to=command, reply=told)
    await story.quiet()
    story.matrix.edits(INDY, TOM, id, "Look at this")
    await story.quiet()
    (copy,) = story.at(KOELN)
    assert "what Grace said" in copy
    assert copy.endswith("Look at this")


async def test_an_answer_that_was_held_back_shows_the_part_that_was_marked(story: Story) -> None:
    question = story.telegram.says(KOELN, ANNA, "Bäume oder Büsche?")
    told = Reply(MessageRef(KOELN, question), marked=rich("Büsche"))
    id = story.telegram.says(KOELN, MEHMET, "/hilfee", reply_to=question, reply=told)
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, id, "Lieber nicht")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[-1]
    assert copy.shown == "Mehmet Kaya · Köln: Büsche\nLieber nicht"
    assert copy.reply_to == story.matrix.messages_in(INDY)[0].id


async def test_a_corrected_command_runs(story: Story) -> None:
    await edited(story, INDY, "!help")
    assert "!language" in story.at(INDY)[-1]
    assert story.at(KOELN) == []


async def test_a_corrected_command_runs_once(story: Story) -> None:
    id = await edited(story, INDY, "!help")
    answers = story.at(INDY)
    story.matrix.edits(INDY, TOM, id, "!me")
    await story.quiet()
    assert story.at(INDY) == answers
    assert story.at(KOELN) == []


async def test_a_corrected_reply_is_about_the_message_that_it_answered(story: Story) -> None:
    his = story.telegram.says(KOELN, MEHMET, "Hallo")
    await story.quiet()
    id = story.telegram.says(KOELN, ANNA, "/rol staff", reply_to=his)
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "/role staff")
    await story.quiet()
    assert await role_of(story, MEHMET) == "staff of Köln"


async def test_only_its_author_corrects_a_command(story: Story) -> None:
    id = story.telegram.says(KOELN, MEHMET, "/statu")
    await story.quiet()
    answers = story.at(KOELN)
    for text in ("/status", "Something that Mehmet never said"):
        story.telegram.edits(KOELN, ANNA, id, text)
        await story.quiet()
    assert story.at(KOELN) == answers
    assert story.at(INDY) == []


@pytest.mark.parametrize("late", ["told late", "edited late"])
async def test_a_command_is_corrected_within_five_minutes(
    story: Story, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = story.matrix.says(INDY, TOM, "!helpp")
    await story.quiet()
    after = timedelta(minutes=5, seconds=1)
    if late == "told late":
        clock = story.app.clock
        monkeypatch.setattr(story.app.inbox, "_clock", lambda: clock() + after)
        story.matrix.edits(INDY, TOM, id, "!help")
    else:
        story.matrix.happens(
            Edit(id="e1", ref=MessageRef(INDY, id), sender=TOM, at=story.app.clock() + after, text=rich("!help"))
        )
    await story.quiet()
    assert "type it again" in story.at(INDY)[-1]
    story.matrix.edits(INDY, TOM, id, "Help!")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Help!"], "ordinary text crosses however late"


async def test_another_mistake_is_answered_and_an_edit_that_changes_nothing_is_not(story: Story) -> None:
    id = await edited(story, INDY, "!statsu")
    assert "!status" in story.at(INDY)[-1]
    answers = story.at(INDY)
    story.matrix.edits(INDY, TOM, id, "!statsu")
    await story.quiet()
    assert story.at(INDY) == answers
    story.matrix.edits(INDY, TOM, id, "!help")
    await story.quiet()
    assert "!language" in story.at(INDY)[-1]


async def test_a_caption_that_was_held_back_crosses_with_its_picture(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "!helpp")
    await story.quiet()
    ref, at = MessageRef(INDY, id), story.app.clock()
    photo = Attachment("photo")
    story.matrix.happens(Edit(id="e1", ref=ref, sender=TOM, at=at, text=rich("The town hall"), attachment=photo))
    await story.quiet()
    (copy,) = story.at(KOELN)
    assert "Foto" in copy
    assert copy.endswith("The town hall")


async def test_what_was_removed_is_corrected_no_more(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "!helpp")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    story.matrix.edits(INDY, TOM, id, "Help is needed")
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_removed_correction_brings_back_what_is_in_force(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "!helpp")
    await story.quiet()
    edit = story.matrix.edits(INDY, TOM, id, "Insulting words")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, edit)
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: !helpp"]


@pytest.mark.parametrize("text", ["!start the meeting at five", "!link to the agenda", "!mute the phones"])
async def test_words_that_were_refused_as_a_command_cross_when_they_are_edited_into_text(
    story: Story, text: str
) -> None:
    id = story.matrix.says(INDY, TOM, text)
    await story.quiet()
    refused = story.at(INDY)
    story.matrix.edits(INDY, TOM, id, "!help")
    await story.quiet()
    assert story.at(INDY) == refused, "no edit of it runs"
    story.matrix.edits(INDY, TOM, id, "At five, then")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: At five, then"]


# In a chat that is not paired yet


@pytest.mark.parametrize(
    "text", ["/pair Indianapolis", "！pair", "Intercity: !pair", " /pair", "Hey Intercity, !pair Leeds"]
)
async def test_who_means_a_command_in_an_unpaired_room_is_told_how(unpaired: Story, text: str) -> None:
    before = unpaired.at(INDY)
    answer = await unpaired.says(INDY, TOM, text)
    assert "!pair Köln" in answer
    assert len(unpaired.at(INDY)) == len(before) + 1


async def test_who_means_a_command_in_an_unpaired_group_is_told_how(unpaired: Story) -> None:
    assert "/koppeln" not in (answer := await unpaired.says(KOELN, MEHMET, "!pair Köln"))
    assert "/pair Köln" in answer


async def test_who_calls_the_bot_in_an_unpaired_room_is_told_how(unpaired: Story) -> None:
    unpaired.matrix.says(INDY, TOM, rich(Mention(unpaired.matrix.account, rich("Intercity")), ": pair us"))
    await unpaired.quiet()
    assert "!pair Köln" in unpaired.at(INDY)[-1]


async def test_talk_in_an_unpaired_room_stays_without_an_answer(unpaired: Story) -> None:
    before = unpaired.at(INDY)
    for text in ("Hello", "Is this the /right room?", "We meet at 5/6", "Wow!pair of shoes"):
        await unpaired.says(INDY, TOM, text)
    assert unpaired.at(INDY) == before


async def test_in_a_room_of_one_person_it_is_said_how_it_becomes_a_citys_room(story: Story) -> None:
    room = ChatRef(MessengerName.MATRIX, "!tom:direct")
    assert "invite" in await story.says(room, TOM, "!pair Indianapolis")
    private = ChatRef(MessengerName.TELEGRAM, "12")
    assert "Gruppe" in (answer := await story.says(private, MEHMET, "/pair Köln"))
    assert "\n" not in answer, "a private chat on Telegram never becomes a group"


async def test_a_number_on_the_word_is_read_apart_only_where_it_can_be_meant(story: Story) -> None:
    assert "noch keine Runde" in await story.says(KOELN, ANNA, "/runde3")
    await story.says(INDY, TOM, "!news24 is a station")
    assert story.at(KOELN)[-1] == "Tom Jackson · Indianapolis: !news24 is a station"
