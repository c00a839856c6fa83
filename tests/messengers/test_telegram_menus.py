"""The command menus of Telegram's clients, and the bot's address."""

from collections.abc import AsyncIterator

import pytest

from bot.messengers.base import PermanentError, SendError
from bot.model import Account, ChatRef, Menu, MessengerName
from bot.sandbox.telegram import ChatActor, Fault, PersonActor
from tests.messengers.telegram_scene import TelegramScene, ref, scene


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


def menu(
    *words: str, private: bool = False, chat: ChatRef | None = None, account: Account | None = None, language: str = ""
) -> Menu:
    commands = tuple((word, f"What {word} does") for word in words)
    return Menu(commands=commands, private=private, chat=chat, account=account, language=language)


def offered(here: TelegramScene, person: PersonActor, chat: ChatActor | None = None) -> list[str]:
    return [command["command"] for command in here.server.menu(chat or here.group, person)]


def account(person: PersonActor) -> Account:
    return Account(MessengerName.TELEGRAM, str(person.id))


async def test_private_chats_and_groups_have_menus_of_their_own(here: TelegramScene) -> None:
    await here.messenger.set_menu(menu("help"))
    await here.messenger.set_menu(menu("link", private=True))
    assert offered(here, here.anna) == ["help"]
    assert offered(here, here.anna, here.server.private(here.anna)) == ["link"]


async def test_one_chat_and_one_person_in_it(here: TelegramScene) -> None:
    await here.messenger.set_menu(menu("help"))
    await here.messenger.set_menu(menu("help", "news", chat=here.chat))
    await here.messenger.set_menu(menu("help", "pair", chat=here.chat, account=account(here.anna)))
    assert offered(here, here.anna) == ["help", "pair"]
    assert offered(here, here.ben) == ["help", "news"]
    assert offered(here, here.ben, here.server.group("Bonn", [here.ben])) == ["help"]


async def test_a_menu_without_commands_gives_way_to_the_wider_one(here: TelegramScene) -> None:
    await here.messenger.set_menu(menu("help"))
    await here.messenger.set_menu(menu("pair", chat=here.chat, account=account(here.anna)))
    for _ in range(2):
        await here.messenger.set_menu(menu(chat=here.chat, account=account(here.anna)))
        assert offered(here, here.anna) == ["help"]


async def test_each_language_has_its_own(here: TelegramScene) -> None:
    here.ben.language_code = "en-GB"
    await here.messenger.set_menu(menu("help"))
    await here.messenger.set_menu(menu("hilfe", language="de"))
    assert (offered(here, here.anna), offered(here, here.ben)) == (["hilfe"], ["help"])


async def test_one_person_in_private_and_a_topic(here: TelegramScene) -> None:
    here.server.start(here.anna)
    private = here.server.private(here.anna)
    await here.messenger.set_menu(menu("me", private=True, chat=ref(private), account=account(here.anna)))
    assert offered(here, here.anna, private) == ["me"]
    forum = here.server.group("Forum", [here.anna], forum=True)
    await here.messenger.set_menu(menu("news", chat=ref(forum, here.server.topic(forum, "Trees"))))
    assert offered(here, here.anna, forum) == ["news"]


@pytest.mark.parametrize("word", ["Help", "bürger", "", "x" * 33, "a b"])
async def test_words_that_telegram_does_not_take_are_the_callers_error(here: TelegramScene, word: str) -> None:
    with pytest.raises(ValueError, match="takes no command"):
        await here.messenger.set_menu(menu("help", word))
    assert here.server.stats.calls["setMyCommands"] == 0


async def test_long_descriptions_are_cut(here: TelegramScene) -> None:
    await here.messenger.set_menu(Menu(commands=(("help", "ä" * 300),)))
    assert here.server.menu(here.group, here.anna) == [{"command": "help", "description": "ä" * 256}]


async def test_errors_are_those_of_the_seam(here: TelegramScene) -> None:
    nowhere = ChatRef(MessengerName.TELEGRAM, "-1009999999999")
    with pytest.raises(PermanentError):
        await here.messenger.set_menu(menu("help", chat=nowhere))
    with pytest.raises(PermanentError):
        await here.messenger.set_menu(menu(chat=nowhere))
    here.server.faults.once(Fault.GATEWAY, method="setMyCommands")
    with pytest.raises(SendError):
        await here.messenger.set_menu(menu("help"))


async def test_the_address(here: TelegramScene) -> None:
    assert here.messenger.address() == "https://t.me/IntercityBot"
    assert here.messenger.address("K7QF-2MXD") == "https://t.me/IntercityBot?start=K7QF-2MXD"
