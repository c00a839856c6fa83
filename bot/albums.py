"""Posts that go out together with a file: further items of its album, or texts under it; and how long items wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.messengers.capabilities import Capabilities
from bot.model import Post
from bot.parts import ALBUMS
from bot.text.characters import units
from bot.text.merging import fitting, written


def wait_for_next(post: Post, can: Capabilities, *, sent_together: bool) -> float:
    """Return the seconds for which a post may wait for the next item of its album; 0: it goes out at once.

    `sent_together`: the messenger from which it comes has albums, so that an item says to which it belongs.
    """
    return can.album_wait if _is_item(post, can) and (post.album or not sent_together) else 0.0


def together(posts: Sequence[Post], can: Capabilities) -> int:
    """Return how many of these posts, from the first, can be one album; at least 1.

    They have the same author, and are items of the same album or of none. Only one of them has words: Telegram's
    clients show the words of an album only then, and its author with them.
    """
    first, count, words = posts[0], 0, 0
    for post in posts[: can.album_size]:
        words += bool(post.text)
        if not _is_item(post, can) or _family(post) != _family(first) or words > 1:
            break
        count += 1
    return max(count, 1)


def under_file(posts: Sequence[Post], can: Capabilities) -> int:
    """Return how many of these posts, from the first with one file, fit under it as sections; at least 1."""
    first, *texts = posts
    if not _is_item(first, can):
        return 1
    return fitting((replace(first, files=()), *texts), can.caption_length)


def _is_item(post: Post, can: Capabilities) -> bool:
    """Whether a post can be an item of an album: a person's, with one file that has its words as a caption."""
    fits = can.albums and post.author and len(post.files) == 1 and not post.buttons and post.files[0].kind in ALBUMS
    # What moves is shown as a video of its own.
    return bool(fits) and post.files[0].mime != "image/gif" and units(written(post).text) <= can.caption_length


def _family(post: Post) -> tuple[object, ...]:
    """Return what the items of one album have in common."""
    return post.author, post.album, ALBUMS[post.files[0].kind]
