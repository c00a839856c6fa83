"""Files that people send: which of them cross, and what is said where one does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.messengers.capabilities import Capabilities
from bot.model import Attachment, Dice, Edit, File, Message, Post, file_of
from bot.relay.dice import thrown
from bot.relay.things import thing_text
from bot.text.catalogue import LazyText, _
from bot.text.files import KIND_NAMES, label_of, megabytes
from bot.voice import Voice, edited, name_of
from storage import Chat, Share, Store


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
    if there.has(file) or not limits or (file.size or 0) <= min(limits):
        return Carried((file,))
    line = _(
        "[{file}, {size} MB – too large to be passed on, visible only in the original chat]",
        file=_described(attachment),
        size=megabytes(file.size or 0),
    )
    return Carried(line=line, limit=min(limits))


async def change_copy(
    voice: Voice, store: Store, other: Chat, id: int, post: Post, *, now: datetime, same_file: bool, share: Share
) -> None:
    """Queue the change of a copy of message `id`: its file stays (`same_file`), is replaced by the post's, or goes.

    No messenger can take a file out of a message, so a copy that loses its file is deleted and sent anew. So are the
    note in place of a file that was refused, once there is another, and a place, which Telegram cannot change.
    """
    has_file = any(await store.deliveries.layout(other, id))
    refused = has_file and not same_file and await store.deliveries.refused_files(other, id)
    if (has_file and not same_file and not post.files) or refused or post.location:
        await store.deliveries.remove(other, id, now, share=share)
        fresh = edited(post, await voice.locale_context(store, other))
        for number, part in await voice.parts(other, fresh):
            await store.deliveries.send(other, id, part, now, part=number, share=share)
        return
    await voice.change(store, other, id, replace(post, files=()) if has_file and same_file else post, now, share=share)


def identity(attachment: Attachment) -> str:
    """Return a text that is the same as long as an attachment is, however often it is edited."""
    content = attachment.unique or attachment.source or attachment.thing
    return f"{attachment.kind} {attachment.name} {attachment.size} {content}"


def label(attachment: Attachment) -> LazyText:
    """Return what a quotation shows of an attachment."""
    if isinstance(attachment.thing, Dice):
        return thrown(attachment.thing)
    return _("[{file}]", file=_described(attachment))


def _described(attachment: Attachment) -> LazyText:
    kind = KIND_NAMES.get(attachment.kind, KIND_NAMES["file"])
    return _("{kind}: {name}", kind=kind, name=attachment.name) if attachment.name else kind


def _elsewhere(attachment: Attachment) -> LazyText:
    if attachment.kind == "other":  # its words follow
        return label(attachment)
    return _("[{file} – visible only in the original chat]", file=_described(attachment))


async def tell_what_is_too_large(
    voice: Voice, store: Store, chat: Chat, event: Message | Edit, now: datetime, *, others: Sequence[Chat]
) -> None:
    """Inform the sender, once, which chats see a note instead of a file because it is too large for them."""
    attachment = event.attachment
    limits = {each: files_of(attachment, voice.can(chat), voice.can(each)).limit for each in others}
    missed = {each: limit for each, limit in limits.items() if limit is not None}
    if attachment is None or not missed:
        return
    text = _(
        "⚠️ {file} is too large: I can pass on at most {limit} MB to {chats}. They see a note instead. You could send"
        " a link to it.",
        file=label_of(attachment.kind, attachment.name, attachment.size),
        limit=megabytes(min(missed.values()), limit=True),
        chats=[name_of(each) for each in missed],
    )
    await voice.post(store, [chat], text, now, reply_to=event.ref.id)
