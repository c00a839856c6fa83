"""The commands that Telegram's clients offer."""

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
    """Offer the commands; without any, whatever a wider scope offers.

    Raises the library's errors, and ValueError for a word that Telegram does not take.
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
    """Give for whom a menu is. A topic has that of its group, and in a private chat there is one person only."""
    if menu.chat is None:
        return BotCommandScopeAllPrivateChats() if menu.private else BotCommandScopeAllGroupChats()
    chat = int(menu.chat.id)
    if menu.account and chat < 0:
        return BotCommandScopeChatMember(chat, int(menu.account.id))
    return BotCommandScopeChat(chat)
