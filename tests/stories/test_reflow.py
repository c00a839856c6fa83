"""Long texts and captions: what an edit makes longer or shorter flows again, and a deletion takes all of it."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Attachment, Link, Pre, Quote, RichText, Span, Style, bold, plain, rich
from tests.stories.conftest import INDY, KOELN, TOM, Story

PHOTO = Attachment("photo", "Plan.png", 9, mime="image/png", source="matrix:plan", filename="Plan.png")
NAME = "Tom Jackson · Indianapolis: "
LONG = "\n\n".join(f"Paragraph {number} " + "x" * 900 for number in range(6))


async def test_a_caption_grows_into_texts_and_shrinks_again(story: Story) -> None:
    story.matrix.attachments[PHOTO.source] = b"the plan"
    id = story.matrix.says(INDY, TOM, "Short", attachment=PHOTO)
    await story.quiet()
    assert story.at(KOELN) == [f"{NAME}Short"]
    for words, parts in ((LONG, 3), ("Short again", 1), (LONG[:2000], 2), (LONG, 3)):
        story.matrix.edits(INDY, TOM, id, words, attachment=PHOTO)
        await story.quiet()
        there = [each for each in story.telegram.messages_in(KOELN) if each.post]
        assert [bool(each.file) for each in there] == [True] + [False] * (parts - 1)
        assert " ".join(each.shown.removeprefix(NAME) for each in there).split() == words.split()
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_text_that_turns_into_a_caption_keeps_every_word(story: Story) -> None:
    story.matrix.attachments[PHOTO.source] = b"the plan"
    id = story.matrix.says(INDY, TOM, LONG, attachment=PHOTO)
    await story.quiet()
    other = replace(PHOTO, source="matrix:plan2", filename="Plan2.png")
    story.matrix.attachments[other.source] = b"another"
    story.matrix.edits(INDY, TOM, id, "One word", attachment=other)
    await story.quiet()
    (there,) = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert (there.shown, there.data) == (f"{NAME}One word", b"another")


async def test_marks_continue_in_the_next_part(story: Story) -> None:
    paragraph = "word " * 300
    url = "https://example.org/minutes"
    text: RichText = rich(
        bold(paragraph), "\n\n", Link(url, rich(paragraph)), Quote(rich(paragraph, "\n", paragraph)),
        Pre("line of code\n" * 150, "python"), Span(Style.SPOILER, rich("the end")),
    )  # fmt: skip
    story.matrix.says(INDY, TOM, text)
    await story.quiet()
    posts = [each.post for each in story.telegram.messages_in(KOELN) if each.post]
    assert len(posts) > 2
    kinds = [{type(node) for node in post.text} for post in posts]
    assert sum(Quote in each for each in kinds) + sum(Pre in each for each in kinds) >= 3
    assert all(node.language == "python" for post in posts for node in post.text if isinstance(node, Pre))
    assert " ".join(plain(post.text) for post in posts).split() == plain(text).split()
