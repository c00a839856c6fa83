"""The bot's health check of its account and groups, and how it words the findings."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.messengers.base import CheckResult, PermanentError, SendError, TemporaryError
from bot.messengers.telegram import TelegramMessenger, health
from bot.messengers.telegram.conversion import UPDATE_TYPES
from bot.model import ChatRef, plain
from bot.sandbox.telegram import Fault, GroupActor
from bot.text.catalogue import LocaleContext, render
from tests.clocks import Clock
from tests.messengers.telegram_scene import TelegramScene, ref, scene


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    """A bot whose account and group are in order."""
    async with scene() as made:
        made.bot.privacy = False
        made.bot.updates.allowed = frozenset(UPDATE_TYPES)
        yield made


async def found(here: TelegramScene, chat: ChatRef | None = None, *, ok: bool = False) -> list[str]:
    return shown(await here.messenger.check_health(chat), ok=ok)


def shown(findings: list[CheckResult], *, ok: bool = False) -> list[str]:
    """Return what is wrong, or with `ok` what is right, as a reader on Matrix sees it."""
    return [plain(render(finding.text, LocaleContext(prefix="!"))) for finding in findings if finding.ok is ok]


async def in_the_group(here: TelegramScene, group: GroupActor | None = None, *, ok: bool = False) -> list[str]:
    """Return the findings for the group."""
    return await found(here, ref(group or here.group), ok=ok)


async def test_all_is_well(here: TelegramScene) -> None:
    assert await found(here) == []
    assert await found(here, here.chat) == []
    assert len(await found(here, ok=True)) == 7
    assert len(await found(here, here.chat, ok=True)) == 5


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda here: setattr(here.bot, "privacy", True), "Privacy mode is on.*/setprivacy to @BotFather"),
        (lambda here: setattr(here.bot, "joinable", False), "cannot be added to groups: write /setjoingroups to"),
        (lambda here: setattr(here.bot, "guest_queries", True), "Guest mode is on.*/mybots"),
        (lambda here: setattr(here.bot, "webhook", "https://example.org/hook"), "Another program has set a webhook"),
        (lambda here: setattr(here.bot.updates, "allowed", frozenset()), "need .message, edited_message.*_reaction"),
    ],
)
async def test_each_thing_wrong_with_the_account_is_one_finding(
    here: TelegramScene, spoil: Callable[[TelegramScene], None], says: str
) -> None:
    spoil(here)
    [finding] = await found(here)
    assert re.search(says, finding)


async def test_what_is_asked_for_is_known_once_the_bot_has_read(here: TelegramScene) -> None:
    here.bot.updates.allowed = frozenset()
    await here.asked()
    assert await found(here) == []


@pytest.mark.parametrize(("seconds", "says"), [(4, None), (-4, None), (60, "is 60 s fast"), (-60, "is 60 s slow")])
async def test_the_clock_is_compared(here: TelegramScene, seconds: int, says: str | None) -> None:
    clock = Clock(here.clock.now + timedelta(seconds=seconds))
    messenger = TelegramMessenger(here.bot.token, api_url=here.server.url, clock=clock)
    await messenger.start()
    told = shown(await messenger.check_health())
    await messenger.close()
    assert [says in each for each in told if says] == ([True] if says else [])
    assert len(told) == (1 if says else 0)


async def test_the_limits_of_another_server_are_its_own(here: TelegramScene) -> None:
    host = here.server.url.removeprefix("http://")
    assert f"The server {host} limits the size of files." in await found(here, ok=True)


def test_the_limits_of_telegram_are_told() -> None:
    assert "up to 20 MB from Telegram and up to 50 MB" in shown([health.sizes(health.TELEGRAM)], ok=True)[0]


ADMIN = "Tap the group's name, then Edit, Administrators, Add admin, and choose me."


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda here: here.server.kick_bot(here.group, here.anna), ["I am not in this group: tap"]),
        (
            lambda here: here.server.promote(here.group, here.bot, rights=["can_pin_messages"]),
            ["not allowed to delete messages, so !delete cannot remove.*Administrators, my name, and switch it on"],
        ),
        (
            lambda here: here.server.promote(here.group, here.bot, rights=["can_delete_messages"]),
            ["not allowed to pin messages. Tap the group's name"],
        ),
        (
            lambda here: here.server.promote(here.group, here.bot, admin=False),
            [f"not an admin: I can read what is said, but I see no reactions.*{ADMIN}"],
        ),
        (
            lambda here: here.server.restrict(here.group, here.bot, may=["can_send_messages"]),
            ["not an admin: I can read what is said"],
        ),
        (
            lambda here: here.server.restrict(here.group, here.bot),
            [f"have been restricted and am not allowed to write in this group. {ADMIN}", "not an admin: I can read"],
        ),
    ],
)
async def test_what_is_wrong_in_a_group(
    here: TelegramScene, spoil: Callable[[TelegramScene], None], says: list[str]
) -> None:
    spoil(here)
    told = await in_the_group(here)
    assert len(told) == len(says)
    assert all(re.search(pattern, each) for pattern, each in zip(says, told, strict=True))


async def test_a_group_in_which_only_admins_write(here: TelegramScene) -> None:
    here.server.permit(here.group, [])
    assert await in_the_group(here) == []
    here.server.promote(here.group, here.bot, admin=False)
    told = await in_the_group(here)
    assert told[0] == f"Only admins may write in this group, and I am not one. {ADMIN}"


async def test_without_being_admin_little_is_heard_in_forums_and_with_privacy_mode(here: TelegramScene) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True, bot_admin=False)
    [told] = await in_the_group(here, forum)
    assert told == f"I am not an admin: what is said in topics does not reach me. {ADMIN}"
    here.server.promote(here.group, here.bot, admin=False)
    here.bot.privacy = True
    [told] = await in_the_group(here)
    assert "see only commands, mentions and replies to me, and nothing else is passed on" in told


async def lacking(here: TelegramScene, group: GroupActor) -> list[str]:
    """Return what is missing for the promises of pairing."""
    return shown([each for each in await here.messenger.check_health(ref(group)) if each.required])


async def test_what_pairing_promises_lacks_where_a_bot_that_is_no_admin_cannot_hear(here: TelegramScene) -> None:
    here.bot.privacy = True
    assert await lacking(here, here.group) == []
    here.server.promote(here.group, here.bot, rights=["can_manage_chat"])
    assert await lacking(here, here.group) == [], "pinning and deleting are told of by /doctor"
    here.server.promote(here.group, here.bot, admin=False)
    assert "nothing else is passed on" in (await lacking(here, here.group))[0]
    here.bot.privacy = False
    assert await lacking(here, here.group) == []
    here.server.permit(here.group, [])
    assert "Only admins may write" in (await lacking(here, here.group))[0]
    forum = here.server.group("Forum", [here.anna], forum=True, bot_admin=False)
    assert "does not reach me" in (await lacking(here, forum))[0]


async def test_a_channel_says_so(here: TelegramScene) -> None:
    channel = here.server.group("City news", [here.anna], channel=True)
    assert "This is a channel" in (await lacking(here, channel))[0]


async def test_a_topic_is_looked_at_as_its_group(here: TelegramScene) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    assert await found(here, ref(forum, topic)) == []


async def test_a_private_chat(here: TelegramScene) -> None:
    chat = here.server.private(here.ben)
    assert "open the private chat with me and tap Start" in (await found(here, ref(chat)))[0]
    here.server.start(here.ben)
    assert await found(here, ref(chat)) == []
    here.server.block(here.ben)
    assert "not allowed to write to you in private" in (await found(here, ref(chat)))[0]


async def test_no_answer_is_an_error(here: TelegramScene) -> None:
    for method, chat in (
        ("getMe", None),
        ("getWebhookInfo", None),
        ("getChat", here.chat),
        ("getChatMember", here.chat),
    ):
        here.server.faults.once(Fault.ERROR, method=method)
        with pytest.raises(SendError):
            await found(here, chat)
    await here.server.pause()
    with pytest.raises(TemporaryError):
        await found(here)


async def test_a_group_that_moved_says_where() -> None:
    async with scene(supergroup=False) as here:
        new = here.server.migrate(here.group)
        with pytest.raises(PermanentError) as refused:
            await here.messenger.check_health(here.chat)
        assert refused.value.moved_to == ref(new)
