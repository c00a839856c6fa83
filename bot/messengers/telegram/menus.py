"""The command menus shown by Telegram's clients."""

from __future__ import annotations

import re

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
)

from bot.model import Menu

_WORD = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION = 256


async def set_menu(bot: Bot, menu: Menu) -> None:
    """Set the commands of a scope; without any, fall back to those of the wider scope.

    Raises the library's errors, and ValueError for a word that Telegram does not accept.
    """
    for word, _ in menu.commands:
        if not _WORD.fullmatch(word):
            raise ValueError(f"Telegram takes no command {word!r}")
    language = menu.language or None
    if menu.commands:
        commands = [BotCommand(word, text[:_DESCRIPTION]) for word, text in menu.commands]
        await bot.set_my_commands(commands, _scope(menu), language)
    else:
        await bot.delete_my_commands(_scope(menu), language)


def _scope(menu: Menu) -> BotCommandScope:
    """Return the scope of a menu. A topic shares that of its group, and a private chat has one person only."""
    if menu.chat is None:
        return BotCommandScopeAllPrivateChats() if menu.private else BotCommandScopeAllGroupChats()
    chat = int(menu.chat.id)
    if menu.account and chat < 0:
        return BotCommandScopeChatMember(chat, int(menu.account.id))
    return BotCommandScopeChat(chat)
