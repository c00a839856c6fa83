"""Photos, albums, voice messages and stickers that people send among their texts, numbered as these are."""

from __future__ import annotations

from bot.sandbox.matrix_sharing import MatrixUpload
from bot.sandbox.samples import sample
from bot.sandbox.telegram import SentFile
from bot.sandbox.telegram.images import png
from tests.system.harness import Pair, SystemWorld

_PHOTO, _ALBUM, _VOICE = {3, 9}, 5, 8
"""Which of ten numbered messages are not texts; an album takes this number and those that follow it."""
_SIZES = (2, 3)
"""How many photos the albums have, in turn; the first has the words."""
_HEIGHT = 200
"""Pixels of a photo whose width is its number."""
_STICKER = 10
"""After which of ten messages a sticker follows, which has no number."""


async def share_in_group(world: SystemWorld, pair: Pair) -> None:
    """Send the next message of the person in the group, an album as a whole."""
    stream, turn = pair.to_matrix, _turn(pair.to_matrix.said)
    if turn == _ALBUM:
        count = _album(stream.said)
        photos = [SentFile(caption=stream.next())]
        photos += [SentFile(data=png(stream.next_width(), _HEIGHT)) for _ in range(count - 1)]
        world.telegram.album(pair.group, world.person, photos)
    elif turn in _PHOTO:
        world.telegram.attach(pair.group, world.person, SentFile(caption=stream.next()))
    elif turn == _VOICE:
        world.telegram.attach(pair.group, world.person, SentFile("voice", caption=stream.next()))
    else:
        world.say_in_group(pair)
    if turn == _STICKER:
        pair.stickers_to_matrix.next()
        world.telegram.attach(pair.group, world.person, SentFile("sticker"))


async def share_in_room(world: SystemWorld, pair: Pair) -> None:
    """Send the next message of the resident, an album as photos one right after the other."""
    stream, turn, resident, room = pair.to_telegram, _turn(pair.to_telegram.said), pair.resident, pair.room
    if turn == _ALBUM:
        count = _album(stream.said)
        await resident.attach(room, _photo(stream.next()))
        for _ in range(count - 1):
            await resident.attach(room, _photo("", stream.next_width()))
    elif turn in _PHOTO:
        await resident.attach(room, _photo(stream.next()))
    elif turn == _VOICE:
        voice = MatrixUpload("voice", sample("voice.ogg"), "voice.ogg", "audio/ogg", stream.next(), waveform=(0, 512))
        await resident.attach(room, voice)
    else:
        await world.say_in_room(pair)
    if turn == _STICKER:
        pair.stickers_to_telegram.next()
        await resident.attach(room, MatrixUpload("sticker", sample("sticker.webp"), "", "image/webp", "A tree"))


def _turn(said: int) -> int:
    return said % 10 + 1


def _album(said: int) -> int:
    return _SIZES[said // 10 % len(_SIZES)]


def _photo(caption: str, width: int = 300) -> MatrixUpload:
    info = {"w": width, "h": _HEIGHT}
    return MatrixUpload("image", png(width, _HEIGHT), "bridge.png", "image/png", caption, info=info)
