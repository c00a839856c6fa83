"""The formats that files really have, as far as Telegram asks for one: stickers, voice messages, previews."""

from __future__ import annotations

from pathlib import Path


def is_voice(path: Path) -> bool:
    """Whether clients show the file as a voice message: Ogg with Opus, MP3 or M4A."""
    head = _head(path)
    mp3 = head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
    return mp3 or head[4:8] == b"ftyp" or (head.startswith(b"OggS") and b"OpusHead" in head)


def is_jpeg(path: Path) -> bool:
    """Whether the file is a JPEG picture, as previews have to be."""
    return _head(path).startswith(b"\xff\xd8\xff")


def sticker_error(path: Path, name: str) -> str:
    """Return the error for a file that is no sticker of the kind that its name says; empty if it is one."""
    head = _head(path)
    if name.endswith(".tgs"):
        return "" if head.startswith(b"\x1f\x8b") else "STICKER_TGS_NOTGS"
    if name.endswith(".webm"):
        return "" if head.startswith(b"\x1aE\xdf\xa3") else "STICKER_VIDEO_NOWEBM"
    return "" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else "STICKER_FILE_INVALID"


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)
