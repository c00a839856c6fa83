"""A reply shows the message it replies to, unless that was relayed, and the part that was quoted."""

from __future__ import annotations

from bot.messengers.base import PermanentError
from bot.model import Account, Attachment, ChatRef, MessageRef, MessengerName, Quote, Reply, plain, rich
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story

ELSEWHERE = MessageRef(ChatRef(MessengerName.TELEGRAM, "-5"), "9")


def quoted(story: Story, chat: ChatRef) -> str:
    """Return the quotation in front of the newest copy in a chat, or an empty text."""
    post = story.messenger(chat).messages_in(chat)[-1].post
    assert post
    first = post.text[0]
    return plain(first.children) if isinstance(first, Quote) else ""


async def test_a_marked_part_is_shown_before_the_answer_to_the_copy(story: Story) -> None:
    question = story.telegram.says(KOELN, ANNA, "Bäume oder Büsche?")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[0].id
    marked = Reply(ELSEWHERE, marked=rich("Büsche"))
    story.telegram.says(KOELN, MEHMET, "Lieber nicht", reply_to=question, reply=marked)
    await story.quiet()
    assert quoted(story, INDY) == "Büsche"
    assert story.matrix.messages_in(INDY)[-1].reply_to == copy


async def test_a_quotation_before_an_answer_on_matrix_crosses(story: Story) -> None:
    question = story.telegram.says(KOELN, ANNA, "Bäume oder Büsche?")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[0].id
    story.matrix.says(INDY, TOM, (Quote(rich("Büsche")), *rich("Rather not")), reply_to=copy)
    await story.quiet()
    assert quoted(story, KOELN) == "Büsche"
    assert story.telegram.messages_in(KOELN)[-1].reply_to == question


async def test_an_answer_to_what_never_crossed_shows_it_with_its_author(story: Story) -> None:
    command = story.matrix.says(INDY, TOM, "!me")
    await story.quiet()
    told = Reply(ELSEWHERE, "Tom Jackson", rich("what Tom said"))
    story.matrix.says(INDY, GRACE, "Indeed", reply_to=command, reply=told)
    await story.quiet()
    assert quoted(story, KOELN) == "Tom Jackson · Indianapolis:\nwhat Tom said"


async def test_the_bots_own_words_are_quoted_where_they_do_not_stand(story: Story) -> None:
    await story.says(INDY, TOM, "!help")
    answer = story.matrix.messages_in(INDY)[-1].id
    told = Reply(ELSEWHERE, "Intercity", rich("This is what you may do here"))
    story.matrix.says(INDY, TOM, "Thank you", reply_to=answer, reply=told)
    await story.quiet()
    assert "This is what you may do here" in quoted(story, KOELN)
    assert story.telegram.messages_in(KOELN)[-1].reply_to == ""


async def test_an_answer_to_what_could_not_be_delivered_shows_it(story: Story) -> None:
    story.matrix.faults.append(PermanentError("too large"))
    question = story.telegram.says(KOELN, ANNA, "Bäume oder Büsche?")
    await story.quiet()
    assert story.at(INDY) == []
    told = Reply(ELSEWHERE, "Anna Weber", rich("Bäume oder Büsche?"))
    story.telegram.says(KOELN, MEHMET, "Büsche", reply_to=question, reply=told)
    await story.quiet()
    assert quoted(story, INDY) == "Anna Weber · Köln · coordinator:\nBäume oder Büsche?"


async def test_an_answer_that_is_edited_keeps_what_it_answers(story: Story) -> None:
    command = story.matrix.says(INDY, TOM, "!me")
    await story.quiet()
    told = Reply(ELSEWHERE, "Tom Jackson", rich("what Tom said"))
    id = story.matrix.says(INDY, GRACE, "Indeed", reply_to=command, reply=told)
    edit = story.matrix.edits(INDY, GRACE, id, "Indeed not")
    await story.quiet()
    assert quoted(story, KOELN) == "Tom Jackson · Indianapolis:\nwhat Tom said"
    assert story.at(KOELN)[-1].endswith("Indeed not")
    story.matrix.deletes(INDY, GRACE, edit)
    await story.quiet()
    assert quoted(story, KOELN) == "Tom Jackson · Indianapolis:\nwhat Tom said"
    assert story.at(KOELN)[-1].endswith("Indeed")


async def test_a_picture_that_is_answered_is_named(story: Story) -> None:
    told = Reply(MessageRef(KOELN, "99"), "Anna Weber", (), ANNA.account, Attachment("file", "Haushalt.pdf"))
    story.telegram.says(KOELN, MEHMET, "Gelesen", reply=told)
    await story.quiet()
    assert quoted(story, INDY).startswith("Anna Weber · Köln · coordinator: [File: Haushalt.pdf")


async def test_who_is_quoted_from_elsewhere_is_not_of_the_city(story: Story) -> None:
    told = Reply(MessageRef(KOELN, ""), "Otto Fremd", rich("Nein"), Account(MessengerName.TELEGRAM, "4"))
    story.telegram.says(KOELN, MEHMET, "Lesen Sie", reply=told)
    await story.quiet()
    assert quoted(story, INDY) == "Otto Fremd · ⚠️ not verified:\nNein"


async def test_what_was_taken_back_or_is_muted_is_not_quoted(story: Story) -> None:
    said = story.telegram.says(KOELN, MEHMET, "Ungehörtes")
    await story.quiet()
    await story.says(KOELN, ANNA, "/delete", reply_to=said)
    told = Reply(ELSEWHERE, "Mehmet Kaya", rich("Ungehörtes"))
    story.telegram.says(KOELN, ANNA, "Danke", reply_to=said, reply=told)
    await story.says(KOELN, ANNA, "/mute", reply_to=said)
    later = story.telegram.says(KOELN, MEHMET, "Ungehörtes")
    story.telegram.says(KOELN, ANNA, "Danke", reply_to=later, reply=told)
    await story.quiet()
    assert not [text for text in story.at(INDY) if "Ungehörtes" in text]


async def test_what_is_only_claimed_is_marked_as_the_writers(story: Story) -> None:
    claimed = Reply(MessageRef(INDY, "99"), claimed=rich("We will end the partnership."))
    story.matrix.says(INDY, TOM, "Agreed", reply=claimed)
    await story.quiet()
    assert quoted(story, KOELN) == "vom Absender zitiert, nicht geprüft:\nWe will end the partnership."
