"""Files that people send: which of them cross, and what is said where one does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from bot.messengers.capabilities import Capabilities
from bot.model import Attachment, Dice, Edit, File, Message, file_of
from bot.relay.dice import thrown
from bot.relay.things import thing_text
from bot.text.catalogue import LazyText, _
from bot.text.rounding import megabytes
from bot.voice import Voice, name_of
from storage import Chat, Store

KIND_NAMES = {
    "photo": _("Photo"),
    "video": _("Video"),
    "animation": _("Video"),
    "video_note": _("Video"),
    "audio": _("Audio"),
    "voice": _("Voice message"),
    "file": _("File"),
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


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of an attachment in another chat: the file of the copy, or a line instead of it.

    `limit`: the most bytes that get there, if it has more.
    """

    files: tuple[File, ...] = ()
    line: LazyText | None = None
    limit: int | None = None


def files_of(attachment: Attachment | None, here: Capabilities, there: Capabilities) -> Carried:
    """Return what becomes of an attachment sent `here` in a chat `there`; known before a byte of it is fetched."""
    if attachment is None:
        return Carried()
    file = file_of(attachment)
    if file is None:
        return Carried(line=thing_text(attachment) or _elsewhere(attachment))
    limits = [each for each in (here.download_bytes, there.upload_bytes) if each is not None]
    if not limits or (file.size or 0) <= min(limits):
        return Carried((file,))
    return Carried(line=_too_large(attachment, file.size or 0), limit=min(limits))


def identity(attachment: Attachment) -> str:
    """Return a text that is the same as long as an attachment is, however often it is edited."""
    content = attachment.unique or attachment.source or attachment.thing
    return f"{attachment.kind} {attachment.name} {attachment.size} {content}"


def label(attachment: Attachment) -> LazyText:
    """Return what a quotation shows of an attachment."""
    if isinstance(attachment.thing, Dice):
        return thrown(attachment.thing)
    if attachment.name:
        return _("[{kind}: {name}]", kind=kind_of(attachment), name=attachment.name)
    return _("[{kind}]", kind=kind_of(attachment))


def kind_of(attachment: Attachment) -> LazyText:
    """Return the name of an attachment's kind."""
    return KIND_NAMES.get(attachment.kind, KIND_NAMES["file"])


async def tell_what_is_too_large(
    voice: Voice, store: Store, chat: Chat, event: Message | Edit, now: datetime, *, others: Sequence[Chat]
) -> None:
    """Tell the sender, once, which chats see a note instead of a file because it is too large for them."""
    attachment = event.attachment
    limits = {each: files_of(attachment, voice.can(chat), voice.can(each)).limit for each in others}
    missed = {each: limit for each, limit in limits.items() if limit is not None}
    if attachment is None or not missed:
        return
    text = _(
        "⚠️ {what} ({size} MB) is too large: I can pass on at most {limit} MB to {chats}. There is a note in its place"
        " there. It is best to send a link to it.",
        what=attachment.name or kind_of(attachment),
        size=megabytes(attachment.size or 0),
        limit=floor(min(missed.values()) / 100_000) / 10,
        chats=[name_of(each) for each in missed],
    )
    await voice.post(store, [chat], text, now, reply_to=event.ref.id)


def _elsewhere(attachment: Attachment) -> LazyText:
    kind = kind_of(attachment)
    if attachment.name:
        return _("[{kind}: {name} – visible only in the original chat]", kind=kind, name=attachment.name)
    return _("[{kind} – visible only in the original chat]", kind=kind)


def _too_large(attachment: Attachment, size: int) -> LazyText:
    kind, shown = kind_of(attachment), megabytes(size)
    if attachment.name:
        return _(
            "[{kind}: {name}, {size} MB – too large to be passed on, visible only in the original chat]",
            kind=kind,
            name=attachment.name,
            size=shown,
        )
    return _(
        "[{kind}, {size} MB – too large to be passed on, visible only in the original chat]", kind=kind, size=shown
    )
