"""Files on the human side: what people send, and what they receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.sandbox.samples import sample
from bot.sandbox.telegram.actors import ChatActor, PersonActor
from bot.sandbox.telegram.clients import Clients
from bot.sandbox.telegram.errors import ApiError, Json
from bot.sandbox.telegram.files import StoredFile
from bot.sandbox.telegram.images import png
from bot.sandbox.telegram.media import AUDIO, CAPTIONED, DOCUMENT, KINDS, PHOTO, VIDEO, store

_SAMPLES = {
    "video": "video.mp4",
    "animation": "animation.mp4",
    "audio": "music.mp3",
    "voice": "voice.ogg",
    "video_note": "note.mp4",
    "document": "agenda.pdf",
    "sticker": "sticker.webp",
}
_FAMILIES = ({PHOTO, VIDEO}, {DOCUMENT}, {AUDIO})


@dataclass(frozen=True)
class SentFile:
    """A file to send: `kind` is photo, video, animation, audio, voice, video_note, document or sticker."""

    kind: str = "photo"
    data: bytes = b""
    """If empty, a sample of this kind."""
    name: str = ""
    caption: str = ""
    entities: Sequence[Json] = ()
    """Of the caption."""
    size: int = 0
    """In bytes; zeros are added to `data` until it has this size."""
    thumbnail: bytes = b""
    """A preview, a picture of at most 320 pixels."""
    spoiler: bool = False
    details: Mapping[str, object] = field(default_factory=dict)
    """What the client tells about the file: duration, width, height, length, title, performer, emoji."""


class Sharing(Clients):
    """The actions of people with files."""

    def attach(
        self,
        chat: ChatActor,
        person: PersonActor,
        attachment: SentFile,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        forward: bool | PersonActor = False,
        quote: str = "",
    ) -> Json:
        """Send a file; `forward` and `quote` are as in `say`."""
        self.enter(chat, person, KINDS[attachment.kind].permission, reply_to, thread)
        content = self._attached(attachment) | self.origin(forward) | self.quoted(chat, reply_to, quote)
        return self.world.post(chat, person, content, reply_to=reply_to, thread=thread).message

    def album(
        self,
        chat: ChatActor,
        person: PersonActor,
        attachments: Sequence[SentFile],
        *,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> list[Json]:
        """Send two to ten files as an album."""
        kinds = {KINDS[attachment.kind] for attachment in attachments}
        if not 2 <= len(attachments) <= 10 or not any(kinds <= family for family in _FAMILIES):
            raise ValueError("an album has two to ten files of kinds that go together")
        for kind in kinds:
            self.enter(chat, person, kind.permission, reply_to, thread)
        contents = [self._attached(attachment) for attachment in attachments]
        album = {"media_group_id": str(self.world.number())}
        return [
            self.world.post(chat, person, content | album, reply_to=reply_to, thread=thread).message
            for content in contents
        ]

    def replace(self, chat: ChatActor, person: PersonActor, message_id: int, attachment: SentFile) -> Json:
        """Put another file in the place of one's own; return the message."""
        record = self.record(chat, message_id)
        if record.author != person.id or not record.message.keys() & CAPTIONED:
            raise ValueError(f"{person.name} cannot replace message {message_id}")
        content = self._attached(attachment)
        shown = ("caption", "caption_entities", "has_media_spoiler")
        self.world.change(chat, record, person, content, drop=(*KINDS, *shown))
        return record.message

    def photo(
        self,
        chat: ChatActor,
        person: PersonActor,
        name: str = "",
        caption: str = "",
        *,
        size: int = 48_213,
        thread: int | None = None,
    ) -> Json:
        """Send a picture; with a name it is sent as a file, the only kind of picture that keeps its name."""
        attachment = SentFile("document" if name else "photo", name=name, caption=caption, size=size)
        return self.attach(chat, person, attachment, thread=thread)

    def file(self, file_id: str) -> StoredFile:
        """Return a file with its `size`, `name`, `sha256` and `data`."""
        file = self.world.files.find(file_id)
        if file is None:
            raise ValueError(f"there is no file {file_id}")
        return file

    def received(self, message: Json) -> StoredFile:
        """Return the file of a message, of a photo the largest size."""
        for kind in KINDS:
            if kind in message:
                sizes = message[kind] if isinstance(message[kind], list) else [message[kind]]
                return self.file(sizes[-1]["file_id"])
        raise ValueError("the message has no file")

    def _attached(self, attachment: SentFile) -> Json:
        kind = KINDS[attachment.kind]
        if attachment.caption and kind.name not in CAPTIONED:
            raise ValueError(f"{kind.plural} have no captions")
        files = self.world.files
        upload = files.write(attachment.data or _sample(kind.name), attachment.name, attachment.size)
        thumbnail = files.write(attachment.thumbnail) if attachment.thumbnail else None
        try:
            stored = store(files, kind, upload, attachment.details, thumbnail)
        except ApiError as error:
            raise ValueError(error.description) from error
        spoiler: Json = {"has_media_spoiler": True} if attachment.spoiler else {}
        return stored.content | spoiler | self.caption(attachment.caption, attachment.entities)


def _sample(kind: str) -> bytes:
    return sample(_SAMPLES[kind]) if kind in _SAMPLES else png(1280, 960)
