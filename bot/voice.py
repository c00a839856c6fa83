"""The bot's own posts, each in the language and time zone of the chat that it goes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeAlias

from bot.messengers.capabilities import Capabilities
from bot.model import Account, Button, ChatRef, File, NativePoll, Post, Reason, plain, rich
from bot.parts import parts_of, separate
from bot.signer import Signer
from bot.text.catalogue import LazyText, LocaleContext, _, lines, render
from bot.text.excerpts import shortened
from bot.text.files import label_of
from bot.text.languages import zone_of
from storage import BOT, Chat, Person, Share, Store

Files: TypeAlias = Sequence[File] | Callable[[LocaleContext], Awaitable[Sequence[File]]]
"""The files of a post, or a function that makes them for a reader; it is called once for all chats that read alike."""


_REASONS_HERE = {
    Reason.TOO_LARGE: _("It is too large to be passed on."),
    Reason.NO_RIGHTS: _("I do not have the permission for it in this chat."),
    Reason.GONE: _("It can no longer be fetched."),
    Reason.NOT_ALLOWED: _("This is not allowed in this chat."),
    Reason.NOT_ACCEPTABLE: _("This messenger does not accept it."),
}


class Choice(NamedTuple):
    """A button under a post of the bot. `made_for`: who alone may press it; None: whoever the action allows."""

    label: LazyText
    emoji: str
    action: str
    made_for: Person | None = None


class Voice:
    """A renderer of texts that queues them as deliveries within the caller's transaction."""

    def __init__(self, capabilities_in: Callable[[ChatRef], Capabilities], signer: Signer) -> None:
        """Respect what `capabilities_in` tells about a chat, and sign buttons with `signer`."""
        self._capabilities_in = capabilities_in
        self._signer = signer

    async def post(
        self,
        store: Store,
        chats: Iterable[Chat],
        text: LazyText,
        now: datetime,
        *,
        reply_to: int | str | None = None,
        buttons: Sequence[Choice] = (),
        mentions: tuple[Account, ...] = (),
        files: Files = (),
        share: Share = BOT,
        dialogue_id: int | None = None,
        feature: str = "",
        silent: bool = False,
    ) -> int:
        """Queue a post of the bot for each chat, and return the message's id.

        With `files` the text is their caption. `mentions`: who is notified; `silent`: as in `Post`. `dialogue_id`,
        `feature`: as in `Messages.add`; `reply_to`, `share`: as in `Deliveries.send`.
        """
        chats = list(chats)
        thread = await _thread(store, chats[0], reply_to) if chats and reply_to else None
        id = await store.messages.add(sent_at=now, dialogue_id=dialogue_id, feature=feature, thread_id=thread)
        signed = await self._signed(store, id, buttons) if buttons else ()
        for chat, post in await self._drawn(store, chats, text, signed, files):
            for number, part in await self.parts(chat, replace(post, mentions=mentions, silent=silent)):
                await store.deliveries.send(chat, id, part, now, part=number, reply_to=reply_to, share=share)
        return id

    async def post_poll(
        self,
        store: Store,
        chats: Iterable[Chat],
        question: LazyText,
        options: Sequence[LazyText],
        now: datetime,
        *,
        multiple: bool = False,
        dialogue_id: int | None = None,
        feature: str = "",
        earlier: int | None = None,
    ) -> int:
        """Queue a native poll for each chat that may have one (`Capabilities.native_polls`); return the message's id.

        What is too long is shortened. Each `Vote` in it comes back to `feature`. `dialogue_id`: as in `Messages.add`.
        `earlier`: the message of a poll that other chats have already.
        """
        id = earlier or await store.messages.add(sent_at=now, dialogue_id=dialogue_id, feature=feature)
        for chat in chats:
            can, reads = self._capabilities_in(chat.ref), await self.locale_context(store, chat)
            if can.native_polls:
                choices = tuple(_fitting(words(each, reads), can.poll_option) for each in options)
                asked = rich(_fitting(words(question, reads), can.poll_question))
                poll = NativePoll(question=asked, options=choices, multiple=multiple)
                await store.deliveries.send_poll(chat, id, poll, now)
        return id

    async def update(
        self,
        store: Store,
        post_id: int,
        text: LazyText,
        now: datetime,
        *,
        buttons: Sequence[Choice] = (),
        files: Files = (),
        everywhere: Iterable[Chat] = (),
    ) -> None:
        """Change every copy of an earlier post in place: a live card.

        Give the whole content; only files stay if there are no new ones. Each chat with others gets at most one such
        edit in 5 s, and of those that wait only the newest state, but that one for certain. What reads as before is not
        edited. A post that has expired stays as it is. `everywhere`: those of these chats that do not have it get it.
        """
        before = await store.messages.kept(post_id)
        if before is None or before.deleted_at:
            return
        signed = await self._signed(store, post_id, buttons) if buttons or before.buttons else ()
        known = [await store.chats.get(id) for id in await store.deliveries.chats_with(post_id)]
        chats = [each for each in known if _takes_part(each, before.dialogue_id)]
        new = [each for each in everywhere if each not in known]
        drawn = await self._drawn(store, [*chats, *new], text, signed, files)
        digest = self._digest(drawn)
        if digest == before.digest:
            return
        await store.messages.record_edit(before, digest)
        for chat, post in drawn[: len(chats)]:
            await self.change(store, chat, post_id, post, now, live=True)
        for chat, post in drawn[len(chats) :]:
            for number, part in await self.parts(chat, post):
                await store.deliveries.send(chat, post_id, part, now, part=number)

    async def change(
        self,
        store: Store,
        chat: Chat,
        message_id: int,
        post: Post,
        now: datetime,
        *,
        share: Share = BOT,
        live: bool = False,
    ) -> None:
        """Queue a change of all that a chat has, or may get, of a message; without files, those that it has stay.

        `live`: as in `Deliveries.replace`; where few calls are allowed, every edit is; in private none, as one person
        waits for the next step.
        """
        can = self._capabilities_in(chat.ref)
        live = (live or can.per_chat_minute is not None) and chat.person_id is None
        layout = await store.deliveries.layout(chat, message_id)
        if not layout:  # this chat never got it
            return
        kept = 0 if post.files else sum(layout)
        end = kept
        parts = list(separate(await parts_of(post, can, kept=kept)))
        if any(layout) and (refused := await store.deliveries.refused_files(chat, message_id)):
            end = len(refused.files)
            parts = [each for each in parts if each[0] < end]
            shown = await self.without_files(store, chat, post, refused.files, refused.reason)
            parts += [(end + number, part) for number, part in await parts_of(shown, can)]
        # What is added follows what it continues, which may have to leave a merged message.
        live = live and parts[-1][0] < len(layout)
        for number, part in parts:
            if number < len(layout):
                await store.deliveries.replace(chat, message_id, part, now, part=number, share=share, live=live)
            else:
                await store.deliveries.lengthen(chat, message_id, part, now, part=number, share=share)
            end = max(end, number + 1)
        await store.deliveries.remove(chat, message_id, now, beyond=end, share=share)

    async def _drawn(
        self, store: Store, chats: Iterable[Chat], text: LazyText, signed: Sequence[Choice], files: Files
    ) -> list[tuple[Chat, Post]]:
        """Return a post of the bot as each chat reads it, rendered once for all chats that read alike."""
        drawn, rendered = [], dict[LocaleContext, Post]()
        for chat in chats:
            reads = await self.locale_context(store, chat)
            if reads not in rendered:
                buttons = tuple(Button(words(each.label, reads), each.emoji, each.action) for each in signed)
                made = tuple(await files(reads) if callable(files) else files)
                rendered[reads] = Post(render(text, reads), buttons=buttons, files=made)
            drawn.append((chat, rendered[reads]))
        return drawn

    def _digest(self, drawn: Sequence[tuple[Chat, Post]]) -> str:
        """Return the digest of what each chat reads."""
        alike: dict[int, list[int]] = {}
        for chat, post in drawn:
            alike.setdefault(id(post), []).append(chat.id)
        posts = {id(post): post for _chat, post in drawn}
        return self._signer.fingerprint(repr([(chats, posts[key]) for key, chats in alike.items()]))

    async def _signed(self, store: Store, id: int, buttons: Sequence[Choice]) -> list[Choice]:
        """Return the buttons of a message with signed actions, which are stored for presses by emoji."""
        signed = [each._replace(action=self._signer.sign(id, self._action(each))) for each in buttons]
        await store.messages.set_buttons(id, {each.emoji: each.action for each in signed})
        return signed

    def _action(self, choice: Choice) -> str:
        """Return a button's action, behind the mark of whom it was made for: `@MARK:ACTION`."""
        person = choice.made_for
        return f"@{self._signer.mark(person.accounts[0])}:{choice.action}" if person else choice.action

    async def locale_context(self, store: Store, chat: Chat) -> LocaleContext:
        """Return the language and zone to use in a chat: the person's own in private, otherwise the chat's."""
        person = await store.people.get(chat.person_id) if chat.person_id else None
        locale = (person and (person.locale or person.guessed_locale)) or chat.locale
        zone = (person and (person.zone or person.guessed_zone)) or chat.zone
        prefix = self._capabilities_in(chat.ref).command_prefix
        return LocaleContext(locale or "en_GB", zone or (zone_of(locale) if locale else "UTC"), prefix)

    def can(self, chat: Chat) -> Capabilities:
        """Return what the bot can do in a chat."""
        return self._capabilities_in(chat.ref)

    def answers_presses(self, chat: Chat) -> bool:
        """Whether someone who presses a button there can be answered privately."""
        return self._capabilities_in(chat.ref).answers_presses

    def private_can_grow(self, chat: Chat) -> bool:
        """Whether a private chat there is an ordinary room, which more people can join."""
        return self._capabilities_in(chat.ref).private_can_grow

    async def without_files(self, store: Store, chat: Chat, post: Post, files: Sequence[File], reason: Reason) -> Post:
        """Return a post with a note of which files are missing, and why, in their place."""
        missing = render(lines(*map(_missing, files), _REASONS_HERE[reason]), await self.locale_context(store, chat))
        return replace(post, text=rich(*post.text, "\n", *missing) if post.text else missing, files=())

    async def parts(self, chat: Chat, post: Post) -> list[tuple[int, Post]]:
        """Return the messages that a post becomes in a chat; see `parts_of`."""
        return await parts_of(post, self._capabilities_in(chat.ref))


async def _thread(store: Store, chat: Chat, reply_to: int | str) -> int | None:
    """Return the thread of the message that is answered in a chat."""
    if isinstance(reply_to, int):
        answered = await store.messages.kept(reply_to)
    else:
        answered = await store.messages.find(chat, reply_to)
    return answered.thread_id if answered else None


def _takes_part(chat: Chat, dialogue_id: int | None) -> bool:
    """Whether a chat may still be told about a dialogue: a private one, or one that has not left it."""
    return dialogue_id is None or chat.person_id is not None or chat.dialogue_id == dialogue_id


def name_of(chat: Chat) -> LazyText:
    """Return a chat's name for people: `Köln (Telegram)`."""
    city = chat.city.name if chat.city else chat.title
    return _("{city} ({messenger})", city=city, messenger=chat.ref.messenger.title())


def edited(post: Post, locale_context: LocaleContext) -> Post:
    """Return a post that is sent anew because its message cannot be edited: it says that it is an edited one."""
    mark = render(_("(edited)"), locale_context)
    return replace(post, text=rich(*post.text, "\n", *mark) if post.text else mark)


def words(text: LazyText | str, locale_context: LocaleContext) -> str:
    """Render a text as a plain string, without styles."""
    return plain(render(text, locale_context))


def _fitting(text: str, longest: int | None) -> str:
    """Return a text, shortened if it has more than so many characters."""
    return text if longest is None or len(text) <= longest else shortened(text, longest - 1)


def _missing(file: File) -> LazyText:
    return _("⚠️ A file is missing here: {file}", file=label_of(file.kind, file.name, file.size))
