"""What someone writes in one city's chat arrives in the other city's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Account, Attachment, ChatRef, MessengerName, Quote, Sender, Span, Style, Text, bold, rich
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, private_chat, someone


async def test_a_message_crosses_with_name_and_city(story: Story) -> None:
    story.telegram.says(KOELN, MEHMET, "Guten Tag!")
    story.matrix.says(INDY, TOM, "Good morning!")
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: Guten Tag!"]
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Good morning!"]


async def test_a_coordinator_is_shown_as_one_in_the_readers_language(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, "Hallo")
    story.matrix.says(INDY, GRACE, "Hello")
    await story.quiet()
    assert story.at(INDY) == ["Anna Weber · Köln · coordinator: Hallo"]
    assert story.at(KOELN) == ["Grace Miller · Indianapolis · Koordination: Hello"]


async def test_messages_keep_their_order(story: Story) -> None:
    for number in range(20):
        story.matrix.says(INDY, TOM, str(number))
    await story.quiet()
    assert story.at(KOELN) == [f"Tom Jackson · Indianapolis: {number}" for number in range(20)]


async def test_formatting_crosses(story: Story) -> None:
    story.matrix.says(INDY, TOM, rich("very ", bold("important")))
    await story.quiet()
    (standing,) = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert standing.post
    assert standing.post.text == (Text("very "), Span(Style.BOLD, (Text("important"),)))


async def test_a_reply_answers_the_copy_and_back_the_original(story: Story) -> None:
    question = story.telegram.says(KOELN, ANNA, "Wann?")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[0].id
    story.matrix.says(INDY, TOM, "Tomorrow", reply_to=copy)
    story.matrix.says(INDY, TOM, "Or later", reply_to=copy)
    await story.quiet()
    answers = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert [each.reply_to for each in answers] == [question, question]


async def test_an_edit_changes_the_copy(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, "um 3")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "um 4")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["um 4"]


async def test_an_edit_that_overtakes_its_message_changes_it_before_it_is_sent(story: Story) -> None:
    story.matrix.hold()
    id = story.telegram.says(KOELN, ANNA, "eins")
    second = story.telegram.says(KOELN, ANNA, "zwei")
    story.telegram.edits(KOELN, ANNA, second, "zwei, berichtigt")
    story.telegram.edits(KOELN, ANNA, id, "eins, berichtigt")
    await story.telegram.taken_in()
    story.matrix.release()
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["eins, berichtigt", "zwei, berichtigt"]


async def test_an_edit_keeps_the_line_that_tells_of_a_picture_or_file(story: Story) -> None:
    photo, plan = Attachment("photo"), Attachment("file", "Haushalt.pdf")
    bare = story.telegram.says(KOELN, MEHMET, "", attachment=photo)
    captioned = story.matrix.says(INDY, TOM, "See page 5", attachment=plan)
    await story.quiet()
    story.telegram.edits(KOELN, MEHMET, bare, "", attachment=replace(photo, kind="video"))
    story.matrix.edits(INDY, TOM, captioned, "See page 6", attachment=plan)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: [Video – visible only in the original chat]"]
    line = "[Datei: Haushalt.pdf – nur im ursprünglichen Chat sichtbar]"
    assert story.at(KOELN) == [f"Tom Jackson · Indianapolis: {line}\nSee page 6"]
    story.telegram.edits(KOELN, MEHMET, bare, "The oaks", attachment=photo)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: [Photo – visible only in the original chat]\nThe oaks"]


async def test_what_someone_chose_from_an_inline_bot_crosses_as_theirs(story: Story) -> None:
    where = Attachment("location", "50.94000, 6.96000")
    story.telegram.says(KOELN, MEHMET, "The cathedral is 157 m high.", via="@wiki")
    story.telegram.says(KOELN, MEHMET, "", attachment=where, via="@map")
    await story.quiet()
    said, place = story.at(INDY)
    assert said == "Mehmet Kaya · Köln: The cathedral is 157 m high.\n(via @wiki)"
    assert place.endswith("[Location: 50.94000, 6.96000 – visible only in the original chat]\n(via @map)")


async def test_nobody_edits_what_another_said(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, "Ja")
    story.telegram.edits(KOELN, MEHMET, id, "Nein")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["Ja"]


async def test_a_deletion_takes_the_copy_away(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "Oops")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_deletion_that_overtakes_its_message_cancels_it(story: Story) -> None:
    story.telegram.hold()
    story.matrix.says(INDY, TOM, "first")
    id = story.matrix.says(INDY, TOM, "Oops")
    story.matrix.deletes(INDY, TOM, id)
    await story.matrix.taken_in()
    story.telegram.release()
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(KOELN)] == ["first"]
    assert len(story.telegram.calls) == 1


async def test_who_removes_a_copy_removes_it_in_their_chat_alone(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, "Hallo")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[0].id
    story.matrix.deletes(INDY, TOM, copy)
    await story.quiet()
    assert len(story.telegram.messages_in(KOELN)) == 1


async def test_a_long_text_is_split_and_its_edit_flows_again(story: Story) -> None:
    paragraphs = "\n\n".join(f"Paragraph {number} " + "x" * 900 for number in range(9))
    id = story.matrix.says(INDY, TOM, paragraphs)
    await story.quiet()
    parts = story.at(KOELN)
    assert len(parts) == 3
    assert all(part.startswith("Tom Jackson · Indianapolis: ") for part in parts)
    assert all(f"Paragraph {number} " in "".join(parts) for number in range(9))
    story.matrix.edits(INDY, TOM, id, "Short now")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Short now"]
    story.matrix.edits(INDY, TOM, id, paragraphs)
    await story.quiet()
    assert len(story.at(KOELN)) == 3


async def test_bots_and_strangers_chats_are_not_relayed(story: Story) -> None:
    bot = Sender(Account(MessengerName.MATRIX, "@other:test"), "Other bot", is_bot=True)
    story.matrix.says(INDY, bot, "beep")
    story.telegram.says(ChatRef(MessengerName.TELEGRAM, "-555"), someone(MessengerName.TELEGRAM, "77", "X"), "hi")
    await story.quiet()
    assert story.at(KOELN) == []
    assert story.at(INDY) == []


async def test_a_third_chat_gets_everything_too(story: Story) -> None:
    third = ChatRef(MessengerName.TELEGRAM, "-1003", "7")
    story.telegram.messages_in(third)
    async with story.database.begin() as store:
        dialogue = (await store.dialogues.all())[0]
        await store.chats.pair(third, dialogue, dialogue.cities[0])
    story.telegram.says(KOELN, MEHMET, "An alle")
    await story.quiet()
    story.matrix.says(INDY, TOM, "To all")
    await story.quiet()
    assert story.at(third) == ["Mehmet Kaya · Köln: An alle", "Tom Jackson · Indianapolis: To all"]
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: To all"]


async def test_an_anonymous_admin_is_relayed_under_the_chats_name_and_is_nobody(story: Story) -> None:
    story.telegram.says(KOELN, Sender(None, "Rathaus Köln"), "Hinweis")
    story.telegram.says(KOELN, Sender(None, "Rathaus Köln"), "/status")
    await story.quiet()
    assert story.at(INDY) == ["Rathaus Köln · Köln: Hinweis"]
    (told,) = story.at(KOELN)
    assert "eigenen Namen" in told


async def test_a_text_cannot_imitate_an_attribution(story: Story) -> None:
    story.telegram.says(KOELN, MEHMET, "ok\nMayor Smith · Leeds: agreed")
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: ok\n│ Mayor Smith · Leeds: agreed"]


BLANK = ["", " ", "\n\n", "\t\u00a0", "\u200b", "\u3164", "\u2800\u2060", "\u202e\u200f", "\x07", "\ufe0f"]


@pytest.mark.parametrize("text", BLANK)
async def test_a_message_without_anything_to_see_is_nothing(story: Story, text: str) -> None:
    story.matrix.says(INDY, TOM, text)
    story.matrix.says(INDY, TOM, (Quote(rich(text)), bold(text)))
    story.matrix.says(private_chat(TOM), TOM, text, private=True)
    story.matrix.says(INDY, TOM, "👩\u200d💻")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: 👩\u200d💻"]
    assert story.at(private_chat(TOM)) == []


async def test_an_edit_that_leaves_nothing_takes_the_words_back(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "Oops")
    await story.quiet()
    story.matrix.edits(INDY, TOM, id, "\u200b")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: [gelöscht]"]
