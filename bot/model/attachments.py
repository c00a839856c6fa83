"""People's attachments as files that the bot sends on."""

from __future__ import annotations

from bot.model.events import Attachment
from bot.model.posts import File, FileKind

_KINDS = {each.value: each for each in FileKind} | {"file": FileKind.DOCUMENT}


def file_of(attachment: Attachment) -> File | None:
    """Return the file that an attachment is; None if it is none (a location, a poll) or its bytes cannot be fetched."""
    kind = _KINDS.get(attachment.kind)
    if kind is None or not attachment.source:
        return None
    return File(
        kind=kind,
        source=attachment.source,
        name=attachment.name,
        mime=attachment.mime,
        size=attachment.size,
        alt=attachment.alt,
        width=attachment.width,
        height=attachment.height,
        duration=attachment.duration,
    )
