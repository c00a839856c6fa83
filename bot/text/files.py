"""Files in sentences: what kind they are, what they are called and how large they are."""

from __future__ import annotations

from math import ceil, floor

from bot.text.catalogue import LazyText, _
from bot.text.foreign import LONGEST_LABEL, unlinked
from bot.text.names import clean_line

KIND_NAMES = {
    "photo": _("Photo"),
    "video": _("Video"),
    "animation": _("Video"),
    "video_note": _("Video"),
    "audio": _("Audio"),
    "voice": _("Voice message"),
    "file": _("File"),
    "document": _("File"),
    "sticker": _("Sticker"),
    "location": _("Location"),
    "contact": _("Contact"),
    "poll": _("Poll"),
    "checklist": _("Checklist"),
    "invoice": _("Invoice"),
    "giveaway": _("Giveaway"),
    "paid_media": _("Paid pictures and videos"),
    "story": _("Story"),
    "game": _("Game"),
    "call": _("Call"),
    "embedded": _("Pictures, sounds or maps"),
    "other": _("Message of another kind"),
}
"""What people call an `Attachment.kind` or a `FileKind`."""


def label_of(kind: str, name: str, size: int | None) -> LazyText:
    """Return what a file is called in a sentence: `Tour.mp4 (61.3 MB)`; `size` is in bytes.

    The name may be as its sender's client has it: it becomes harmless.
    """
    shown = unlinked(clean_line(name, LONGEST_LABEL)) or KIND_NAMES.get(kind, KIND_NAMES["file"])
    if size is None:
        return LazyText("{file}", params={"file": shown})
    return _("{file} ({size} MB)", file=shown, size=megabytes(size))


def megabytes(size: int, *, limit: bool = False) -> float:
    """Return a size in bytes in megabytes, rounded up to a tenth; a `limit` down: nothing looks as if it kept to it."""
    return (floor if limit else ceil)(size / 100_000) / 10
