"""How a post becomes messages."""

from __future__ import annotations

import pytest

from bot.messengers.capabilities import CAPABILITIES
from bot.model import Author, Button, File, FileKind, MessengerName, Post, bold, plain, rich
from bot.parts import parts_of, separate
from bot.text.telegram import render

CAN = CAPABILITIES[MessengerName.TELEGRAM]
YES = (Button("yes", "👍", "agree:1"),)
PHOTO, VIDEO, DOCUMENT, VOICE = FileKind.PHOTO, FileKind.VIDEO, FileKind.DOCUMENT, FileKind.VOICE
STICKER = FileKind.STICKER
LONG = "word " * 300


def files(*kinds: FileKind) -> tuple[File, ...]:
    return tuple(File(kind=kind, source=f"matrix:{number}", name="", mime="") for number, kind in enumerate(kinds))


@pytest.mark.parametrize(
    ("kinds", "text", "messages"),
    [
        ([], "hello", [(0, 0, 5)]),
        ([PHOTO], "hello", [(0, 1, 5)]),
        ([PHOTO], "", [(0, 1, 0)]),
        ([PHOTO, VIDEO, PHOTO], "hello", [(0, 3, 5)]),
        ([PHOTO] * 12, "hello", [(0, 10, 5), (10, 2, 0)]),
        ([PHOTO, DOCUMENT, DOCUMENT], "hello", [(0, 1, 5), (1, 2, 0)]),
        ([VOICE, VOICE], "hello", [(0, 1, 5), (1, 1, 0)]),
        ([PHOTO, PHOTO], LONG, [(0, 2, 1024), (2, 0, 474)]),
    ],
)
async def test_files_go_together_where_they_can(
    kinds: list[FileKind], text: str, messages: list[tuple[int, int, int]]
) -> None:
    made = await parts_of(Post(rich(text) if text else (), files=files(*kinds)), CAN)
    assert [(number, len(post.files), len(plain(post.text).strip())) for number, post in made] == messages


@pytest.mark.parametrize(
    ("kinds", "text", "messages"),
    [
        ([PHOTO], LONG, [(0, 1, 0), (1, 0, 1499)]),  # one text, not two pieces of one
        ([PHOTO, PHOTO], LONG, [(0, 2, 0), (2, 0, 1499)]),
        ([PHOTO], LONG * 3, [(0, 1, 0), (1, 0, 4074), (2, 0, 424)]),
        ([STICKER], LONG, [(0, 1, 1499)]),  # it has no caption, so nothing limits the text before it
        ([STICKER], LONG * 3, [(0, 1, 4074), (2, 0, 424)]),
        ([STICKER], "", [(0, 1, 0)]),
    ],
)
async def test_what_no_caption_holds_is_a_message_of_its_own(
    kinds: list[FileKind], text: str, messages: list[tuple[int, int, int]]
) -> None:
    post = Post(rich(text) if text else (), Author("Anna", "Köln"), files=files(*kinds))
    made = await parts_of(post, CAN)
    assert [(number, len(post.files), len(plain(post.text).strip())) for number, post in made] == messages
    assert all(part.author for _number, part in made)


@pytest.mark.parametrize(
    ("kinds", "text"), [([PHOTO], "hello"), ([PHOTO, PHOTO], "hello"), ([PHOTO], LONG), ([], LONG)]
)
async def test_buttons_are_under_the_last_message_which_is_no_album(kinds: list[FileKind], text: str) -> None:
    made = [post for _number, post in await parts_of(Post(rich(text), buttons=YES, files=files(*kinds)), CAN)]
    assert [bool(post.buttons) for post in made] == [False] * (len(made) - 1) + [True]
    assert len(made[-1].files) <= 1
    assert " ".join(plain(post.text) for post in made).split() == text.split()


async def test_an_album_with_buttons_needs_a_text() -> None:
    with pytest.raises(ValueError, match="text"):
        await parts_of(Post((), buttons=YES, files=files(PHOTO, PHOTO)), CAN)


@pytest.mark.parametrize(("kept", "text", "numbers"), [(1, "hello", [0]), (3, "hello", [0]), (3, LONG, [0, 3])])
async def test_the_text_of_a_message_that_keeps_its_files_is_cut_like_their_caption(
    kept: int, text: str, numbers: list[int]
) -> None:
    made = await parts_of(Post(rich(text)), CAN, kept=kept)
    assert [number for number, _post in made] == numbers
    assert len(plain(made[0][1].text)) <= CAN.caption_length


async def test_the_files_of_an_album_are_edited_one_by_one() -> None:
    made = separate(await parts_of(Post(rich(LONG), files=files(PHOTO, PHOTO)), CAN))
    assert [(number, len(post.files), bool(post.text)) for number, post in made] == [
        (0, 1, True),
        (1, 1, False),
        (2, 0, True),
    ]


async def test_no_mark_is_lost_because_telegram_takes_only_so_many() -> None:
    text = rich(*(each for number in range(150) for each in (bold(str(number)), " ")))
    made = [post.text for _number, post in await parts_of(Post(text, Author("Anna", "Köln")), CAN)]
    assert [len(render(part)[1]) < (CAN.entities or 0) for part in made] == [True, True]
    assert " ".join(map(plain, made)).split() == plain(text).split()
