"""The chats of a messenger in memory, and what its bot does in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import count

from bot.albums import together
from bot.messengers.base import (
    Capabilities,
    OpenFile,
    PermanentError,
    Reason,
)
from bot.model import (
    Author,
    ChatRef,
    ClosePoll,
    File,
    Join,
    Leave,
    NativePoll,
    Operation,
    Pin,
    Post,
    React,
    Remove,
    Replace,
    Section,
    Send,
    SendPoll,
    Sent,
    counted,
    plain,
)
from bot.text.characters import units
from bot.text.emoji import is_emoji
from bot.text.merging import merged


@dataclass(slots=True)
class FakeMessage:
    """A message in a chat; `post` is None for what people wrote."""

    id: str
    text: str
    post: Post | None = None
    reply_to: str = ""
    thread: str = ""
    token: str = ""
    file: File | None = None
    data: bytes | None = None
    """The bytes of the file."""
    poll: NativePoll | None = None
    poll_closed: bool = False
    reaction: str = ""
    """The bot's reaction, the first if it has set several."""
    reactions: tuple[str, ...] = ()
    """All of them."""
    pinned: bool = False
    more: tuple[Post, ...] = ()
    """The further sections of a merged message."""
    album: str = ""
    """The same for all messages that were sent as one album."""

    @property
    def is_ours(self) -> bool:
        """Whether the bot sent it."""
        return self.post is not None or self.poll is not None

    @property
    def shown(self) -> str:
        """The text as people see it, with the attribution of each section."""
        rest = [_shown(post.author, plain(post.text)) for post in self.more]
        return "\n\n".join([_shown(self.post.author if self.post else None, self.text), *rest])

    @property
    def sections(self) -> tuple[Post, ...]:
        """The posts of a merged message."""
        return (self.post, *self.more) if self.post and self.more else ()


def _shown(author: Author | None, text: str) -> str:
    return f"{author}: {text}" if author else text


class FakeChats:
    """What stands in the chats of one messenger, and how the bot's operations change it."""

    capabilities: Capabilities
    chats: dict[ChatRef, list[FakeMessage]]
    _sent: dict[str, Sent]
    """Results by the token of their operation."""
    _numbers: count[int]

    def numbering(self, chat: ChatRef) -> str:
        return chat.id

    def messages_in(self, chat: ChatRef) -> list[FakeMessage]:
        """Return the messages in a chat."""
        return self.chats.setdefault(chat, [])

    async def find(self, operation: Send | SendPoll, *, after: str, known: Collection[str]) -> Sent | None:
        if self.capabilities.idempotent:
            return self._sent.get(operation.token)
        counter, bound = counted(after) or ("", 0)
        if counter != self.numbering(operation.chat):
            return None
        ours = [each.id for each in self.messages_in(operation.chat) if each.is_ours and each.id not in known]
        new = [id for id in ours if (counted(id) or ("", 0))[1] > bound]
        return next((sent for sent in self._sent.values() if new and new[0] in sent.ids), None)

    async def _carry_out(self, operation: Operation, open_file: OpenFile) -> Sent:
        if isinstance(operation, Join | Leave):
            return Sent()
        if operation.chat not in self.chats:
            raise PermanentError("the bot is not in this chat", shut_out=True)
        if isinstance(operation, Send | SendPoll):
            if not (self.capabilities.idempotent and operation.token in self._sent):
                self._sent[operation.token] = await self._send(operation, open_file)
            return self._sent[operation.token]
        if isinstance(operation, Replace | Remove) and operation.section:
            return await self._change_section(operation, operation.section, open_file)
        return await self._change(operation, open_file)

    async def _send(self, operation: Send | SendPoll, open_file: OpenFile) -> Sent:
        chat, standing = operation.chat, self.messages_in(operation.chat)
        if isinstance(operation, SendPoll):
            id = self._new_id(chat)
            text = plain(operation.poll.question)
            standing.append(FakeMessage(id, text, reply_to=operation.reply_to, poll=operation.poll))
            return Sent((id,), id if self.capabilities.reports_deletions else f"poll-{id}")
        post, files = operation.post, operation.post.files
        if len(files) > self.capabilities.album_size or (len(files) > 1 and post.buttons):
            raise PermanentError("this cannot be one message")
        if operation.more and operation.more[0].files:
            return await self._send_album(operation, open_file)
        self._check_sections((post, *operation.more))
        uploads = [await self._upload(file, open_file) for file in files]
        if files and files[0].kind in self.capabilities.uncaptioned and (post.text or post.author):
            first = await self._send(replace(operation, post=replace(post, files=())), open_file)
            rest = replace(operation, post=Post((), files=files), reply_to="")
            return Sent((await self._send(rest, open_file)).ids + first.ids)
        ids = tuple(self._new_id(chat) for _ in files or [None])
        for number, id in enumerate(ids):
            here = post if number == 0 else replace(post, text=())  # an album has its caption under the first
            message = FakeMessage(id, plain(here.text), here, operation.reply_to, operation.thread, operation.token)
            message.more = operation.more
            if files:
                message.file, message.data = files[number], uploads[number]
            standing.append(message)
        return Sent(ids)

    async def _send_album(self, operation: Send, open_file: OpenFile) -> Sent:
        """Send all items of an album, or none."""
        posts = (operation.post, *operation.more)
        if not self.capabilities.albums or together(posts, self.capabilities) < len(posts):
            raise PermanentError("these cannot be one album")
        uploads = [await self._upload(post.files[0], open_file) for post in posts]
        ids = tuple(self._new_id(operation.chat) for _ in posts)
        for id, post, data in zip(ids, posts, uploads, strict=True):
            made = FakeMessage(id, plain(post.text), post, operation.reply_to, token=operation.token, data=data)
            made.file, made.album = post.files[0], ids[0]
            self.messages_in(operation.chat).append(made)
        return Sent(ids)

    async def _upload(self, file: File, open_file: OpenFile) -> bytes:
        async with open_file(file.source) as chunks:
            data = b"".join([chunk async for chunk in chunks])
        if self.capabilities.upload_bytes is not None and len(data) > self.capabilities.upload_bytes:
            raise PermanentError("the file is too large", Reason.TOO_LARGE)
        return data

    async def _change(self, operation: Replace | Remove | React | Pin | ClosePoll, open_file: OpenFile) -> Sent:
        standing = self.messages_in(operation.chat)
        found = next((each for each in standing if each.id == operation.id), None)
        if isinstance(operation, Remove):
            standing[:] = [each for each in standing if each is not found]
            return Sent()
        if found is None:
            raise PermanentError("there is no such message", Reason.GONE)
        match operation:
            case React():
                keys, most = tuple(filter(None, (operation.key, *operation.more))), self.capabilities.reactions
                found.reactions = keys if most is None else tuple(filter(is_emoji, keys))[:most]
                found.reaction = "".join(found.reactions[:1])
            case Pin():
                found.pinned = operation.pinned
            case ClosePoll():
                if found.poll is None:
                    raise PermanentError("there is no such poll of ours", Reason.GONE)
                found.poll_closed = True
            case Replace():
                if found.post is None or operation.caption != (found.file is not None):
                    raise PermanentError("there is no such message of ours", Reason.GONE)
                for file in operation.post.files:
                    found.file, found.data = file, await self._upload(file, open_file)
                found.text, found.post = plain(operation.post.text), operation.post
                return Sent((operation.id,))
        return Sent()

    def _check_sections(self, posts: Sequence[Post]) -> None:
        if len(posts) > 1 and (
            not self.capabilities.merges
            or any(post.buttons or not post.author for post in posts)
            or any(post.files for post in posts[1:])
        ):
            raise PermanentError("these cannot be one message")
        most = self.capabilities.caption_length if posts[0].files else self.capabilities.text_length
        if len(posts) > 1 and units(merged(posts).text) > most:
            raise PermanentError("the message is too long", Reason.TOO_LARGE)

    async def _change_section(self, operation: Replace | Remove, section: Section, open_file: OpenFile) -> Sent:
        found = next((each for each in self.messages_in(operation.chat) if each.id == operation.id), None)
        if found is None:
            raise PermanentError("there is no such message", Reason.GONE)
        posts = list(found.sections) or [found.post or Post(())]
        if isinstance(operation, Remove) and len(posts) == section.count - 1:
            return Sent()
        if len(posts) != section.count:
            raise PermanentError("there are other sections")
        posts[section.index : section.index + 1] = [operation.post] if isinstance(operation, Replace) else []
        self._check_sections(posts)
        for file in operation.post.files if isinstance(operation, Replace) else ():
            found.file, found.data = file, await self._upload(file, open_file)
        if isinstance(operation, Remove) and operation.caption:
            found.file = found.data = None
        found.post, found.text, found.more = posts[0], plain(posts[0].text), tuple(posts[1:])
        return Sent((operation.id,) if isinstance(operation, Replace) else ())

    def _new_id(self, chat: ChatRef) -> str:
        """Return the id of a new message; Telegram's name their counter."""
        number = next(self._numbers)
        return str(number) if self.capabilities.idempotent else f"{self.numbering(chat)}/{number}"
