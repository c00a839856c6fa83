"""The command menus that clients show: one per language, with only what each role may use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import structlog

from bot.commands.router import Command, Where
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import Messenger, PermanentError
from bot.model import Account, ChatRef, Menu, MessengerName, Role
from bot.rights import Rights
from bot.text.catalogue import LocaleContext
from bot.voice import words
from storage import MENUS, Chat, Database, Job, Store

log = structlog.get_logger()

LANGUAGES = {"": "", "de": "de_DE", "en": "en_GB"}
"""The client's language → the locale of the menu; empty: that of the chat."""


class MenuUpdates:
    """The jobs that keep the messengers' menus in sync with the people and chats of the dialogues."""

    def __init__(self, commands: Sequence[Command], rights: Rights) -> None:
        """Offer `commands`."""
        self._commands = commands
        self._rights = rights

    def kind(self, messenger: Messenger) -> JobKind:
        """Return the kind of these jobs on a messenger that has menus.

        One runs at each start, as a new version may have other commands.
        """

        async def refresh(work: Work, _job: Job) -> None:
            await self.refresh(work.database, messenger)

        name = on(MENUS, messenger.name)
        return JobKind(name=name, prepare=refresh, backoff=(60, 600), attempts=None, at_start=True)

    async def refresh(self, database: Database, messenger: Messenger) -> None:
        """Send the messenger the menus that have changed. Raises StorageError, and SendError if it does not respond."""
        async with database.begin() as store:
            wanted = {_key(menu): menu for menu in await self._wanted(store, messenger.name)}
            there = await store.menu_digests.of(messenger.account)
        gone = {key: _empty(*key) for key in there.keys() - wanted.keys()}
        for key, menu in (wanted | gone).items():
            digest = _digest(menu)
            if there.get(key, "") != digest:
                await _set(messenger, menu)
                async with database.begin() as store:
                    await store.menu_digests.set(messenger.account, *key, digest)

    async def _wanted(self, store: Store, messenger: MessengerName) -> list[Menu]:
        """Return the menus for everybody, for each paired chat, and for those in it who may do more."""
        menus = self._of(Role.GUEST, "en_GB", private=True) + self._of(Role.GUEST, "en_GB", private=False, new=True)
        for chat in await store.chats.paired(messenger):
            menus += self._of(Role.GUEST, chat.locale or "en_GB", chat=chat.ref)
            for account, role in await self._people(store, chat):
                menus += self._of(role, chat.locale or "en_GB", chat=chat.ref, account=account)
                menus += self._of(role, chat.locale or "en_GB", chat=ChatRef(messenger, account.id), private=True)
        return menus

    async def _people(self, store: Store, chat: Chat) -> list[tuple[Account, Role]]:
        """Return the accounts and roles of those who speak for the chat's city and may do more than guests."""
        held = await store.roles.in_dialogue(chat.dialogue_id or 0)
        roles = {each.person_id: each.role for each in held if each.city == chat.city and each.role is not Role.GUEST}
        people = [(await store.people.get(id), role) for id, role in roles.items()]
        named = [
            (await store.people.by_account(account), Role.COORDINATOR) for account in sorted(self._rights.settings)
        ]
        found = {
            account: role
            for person, role in (*people, *named)
            for account in (person.accounts if person else ())
            if account.messenger is chat.ref.messenger
        }
        return list(found.items())

    def _of(
        self,
        role: Role,
        locale: str,
        *,
        private: bool = False,
        new: bool = False,
        chat: ChatRef | None = None,
        account: Account | None = None,
    ) -> list[Menu]:
        """Return one menu per language; `new`: for chats that are not paired yet."""
        mine = [each for each in self._commands if _fits(each, role, private=private, new=new)]
        return [
            Menu(
                commands=tuple(_entry(each, written or locale) for each in mine),
                private=private and chat is None,
                chat=chat,
                account=account,
                language=language,
            )
            for language, written in LANGUAGES.items()
        ]


def _fits(command: Command, role: Role, *, private: bool, new: bool) -> bool:
    if command.where is (Where.GROUP if private else Where.PRIVATE):
        return False
    if new and command.in_dialogue:
        return False
    return command.may(role, reply=True, admin=new)


def _entry(command: Command, locale: str) -> tuple[str, str]:
    return command.word_in(locale), words(command.summary, LocaleContext(locale))


async def _set(messenger: Messenger, menu: Menu) -> None:
    try:
        await messenger.set_menu(menu)
    except PermanentError as error:  # somebody has left or blocked the bot: no menu is needed
        log.info("menu refused", messenger=messenger.name, scope=_key(menu)[0], error=str(error))


def _key(menu: Menu) -> tuple[str, str]:
    scope = "private" if menu.private else " ".join(str(each) for each in (menu.chat, menu.account) if each)
    return scope or "groups", menu.language


def _empty(scope: str, language: str) -> Menu:
    chat, _space, account = scope.partition(" ")
    return Menu(
        commands=(),
        private=scope == "private",
        chat=ChatRef.parse(chat) if ":" in chat else None,
        account=Account.parse(account) if account else None,
        language=language,
    )


def _digest(menu: Menu) -> str:
    return hashlib.sha256(json.dumps(menu.commands).encode()).hexdigest() if menu.commands else ""
