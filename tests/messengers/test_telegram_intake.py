"""Every event on Telegram is delivered until committed, whatever happens in between."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from bot.messengers.base import AccountError, TemporaryError
from bot.messengers.telegram import TelegramMessenger
from bot.messengers.telegram.content import content
from bot.model import (
    Account,
    Button,
    Edit,
    Membership,
    Message,
    MessengerName,
    Migration,
    Post,
    Presence,
    Press,
    Reaction,
    plain,
    rich,
)
from bot.sandbox.telegram import EmulatedTelegram, Fault
from tests.clocks import Clock
from tests.messengers.telegram_scene import TelegramScene, ref, scene, send
from tests.sandbox.bot_client import client


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


def said(scene: TelegramScene, text: str) -> None:
    scene.server.say(scene.group, scene.anna, text)


async def test_start_knows_who_the_bot_is(here: TelegramScene) -> None:
    assert here.messenger.account == Account(MessengerName.TELEGRAM, str(here.bot.id))
    assert here.messenger.username == "IntercityBot"


async def test_a_batch_comes_again_until_the_next_is_asked_for(here: TelegramScene) -> None:
    said(here, "one")
    said(here, "two")
    first = await here.batch()
    assert [plain(event.text) for event in first.events if isinstance(event, Message)] == ["one", "two"]
    assert (await here.batch()) == first  # nothing was committed, so nothing is forgotten
    said(here, "three")
    second = await here.batch(first.cursor)
    assert [plain(event.text) for event in second.events if isinstance(event, Message)] == ["three"]
    assert len(here.bot.updates) == 1


async def test_asking_for_the_next_batch_confirms_the_last(here: TelegramScene) -> None:
    said(here, "one")
    async with aclosing(here.messenger.events(None)) as batches:
        first = await anext(batches)
        assert len(here.bot.updates) == 1
        asked = asyncio.ensure_future(anext(batches))
        await wait_until(lambda: len(here.bot.updates) == 0, "the first batch is confirmed")
        said(here, "two")
        second = await asyncio.wait_for(asked, 5)
    assert int(second.cursor or 0) == int(first.cursor or 0) + 1


async def wait_until(done: object, what: str) -> None:
    assert callable(done)
    try:
        async with asyncio.timeout(5):
            while not done():  # noqa: ASYNC110 - the server's state cannot be awaited
                await asyncio.sleep(0.005)
    except TimeoutError:
        pytest.fail(f"did not happen: {what}")


async def test_messages_edits_presses_and_reactions_come_in(here: TelegramScene) -> None:
    await here.asked()
    shown = (await here.messenger.deliver(send(here.chat, "Well?", buttons=(Button("yes", "👍", "y"),)))).id
    id = here.server.say(here.group, here.anna, "Trees")["message_id"]
    here.server.edit(here.group, here.anna, id, "Oaks")
    answer = here.server.press(here.group, here.ben, int(shown.rpartition("/")[2]), "y")
    here.server.react(here.group, here.ben, id, "🔥")
    here.server.react(here.group, here.ben, id, "👍")
    _, message, edit, press, *reactions = await here.events(7)
    assert isinstance(message, Message)
    assert isinstance(edit, Edit)
    assert isinstance(press, Press)
    assert (plain(message.text), plain(edit.text), edit.ref) == ("Trees", "Oaks", message.ref)
    assert (press.action, press.ref.id, press.sender.name, press.at) == ("y", shown, "Ben", here.clock.now)
    changes = [(r.key, r.removed, r.ref) for r in reactions if isinstance(r, Reaction)]
    assert changes == [("🔥", False, edit.ref), ("🔥", True, edit.ref), ("👍", False, edit.ref)]
    assert len({event.id for event in (message, edit, press, *reactions)}) == 6
    await here.messenger.answer(press, "Thank you")
    assert (await asyncio.wait_for(answer, 5))["text"] == "Thank you"


async def test_membership_and_migration_come_in() -> None:
    async with scene(supergroup=False) as here:
        here.server.kick_bot(here.group, here.anna)
        here.server.add_bot(here.group, here.anna)
        here.server.promote(here.group, here.bot)
        here.server.promote(here.group, here.bot, rights=["can_pin_messages"])  # it still reads and writes
        here.server.promote(here.group, here.bot, admin=False)
        new = here.server.migrate(here.group)
        gone, joined, works, restricted, *moves = await here.events(6)
        assert isinstance(joined, Membership)
        presences = [event.presence for event in (gone, joined, works, restricted) if isinstance(event, Membership)]
        assert presences == [Presence.GONE, Presence.JOINED, Presence.JOINED, Presence.RESTRICTED]
        assert (joined.chat, joined.title, joined.sender.name) == (here.chat, "Köln", "Anna Weber")
        assert [(m.chat, m.to) for m in moves if isinstance(m, Migration)] == [(here.chat, ref(new))] * 2
        assert len({move.id for move in moves if isinstance(move, Migration)}) == 1


async def test_being_made_admin_of_a_channel_comes_in_as_such(here: TelegramScene) -> None:
    channel = here.server.group("City news", [here.anna], channel=True, bots=[])
    here.server.add_bot(channel, here.anna, admin=True)
    here.server.say(channel, here.anna, "/pair Köln")
    here.server.say(here.group, here.anna, "afterwards")
    joined, said = await here.events(2)
    assert isinstance(joined, Membership)
    assert (joined.presence, joined.channel, joined.title) == (Presence.JOINED, True, "City news")
    assert isinstance(said, Message), "what is said in a channel does not come in"
    assert said.ref.chat == here.chat


async def test_privacy_mode_is_asked_for_when_it_counts(here: TelegramScene) -> None:
    here.bot.privacy = False  # BotFather does not announce it
    here.server.promote(here.group, here.bot, admin=False)
    assert (await here.batch()).events == ()
    here.bot.privacy = True
    here.server.promote(here.group, here.bot)
    here.server.promote(here.group, here.bot, admin=False)
    here.server.faults.once(Fault.ERROR, method="getMe")
    assert (await here.batch()).events == ()
    presences = [event.presence for event in (await here.batch()).events if isinstance(event, Membership)]
    assert presences == [Presence.RESTRICTED, Presence.JOINED, Presence.RESTRICTED]


async def test_private_chats_say_so(here: TelegramScene) -> None:
    here.server.start(here.ben, "K7QF")
    [event] = await here.events(1)
    assert isinstance(event, Message)
    assert (plain(event.text), event.private, event.ref.chat.id) == ("/start K7QF", True, str(here.ben.id))


async def test_what_nobody_can_read_does_not_hold_up_the_rest(here: TelegramScene) -> None:
    said(here, "before")
    here.server.push({"message": {"message_id": "what?", "chat": 5}})
    here.server.push({"something_new": {"a": 1}})
    said(here, "behind")
    with capture_logs() as logs:
        batch = await here.batch()
    assert [plain(event.text) for event in batch.events if isinstance(event, Message)] == ["before", "behind"]
    assert [entry["event"] for entry in logs] == ["update put aside"]
    here.server.push({"message": "nonsense"})
    empty = await here.batch(batch.cursor)
    assert (empty.events, int(empty.cursor or 0)) == ((), int(batch.cursor or 0) + 1)


async def test_an_update_that_fails_in_conversion_is_passed_over(
    here: TelegramScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.messengers.telegram import texts

    def parse(text: str, _: object) -> object:
        raise LookupError(text)

    monkeypatch.setattr(texts, "parse", parse)
    said(here, "poison")
    with capture_logs() as logs:
        assert (await here.batch()).events == ()
    assert [entry["event"] for entry in logs] == ["update put aside"]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.GATEWAY, Fault.ERROR])
async def test_trouble_on_the_line_is_waited_out(here: TelegramScene, fault: Fault) -> None:
    said(here, "hello")
    here.server.faults.once(fault, method="getUpdates")
    assert len(await here.events(1)) == 1
    assert here.server.faults.met == [("getUpdates", fault)]


async def test_an_outage_is_waited_out(here: TelegramScene) -> None:
    await here.server.pause()
    asked = asyncio.ensure_future(here.events(1))
    with capture_logs() as logs:
        await wait_until(lambda: logs, "the adapter meets the outage")
        said(here, "meanwhile")
        await here.server.resume()
        [event] = await asked
    assert isinstance(event, Message)
    assert plain(event.text) == "meanwhile"


async def test_another_consumer_is_noticed_and_outlasted(here: TelegramScene) -> None:
    with capture_logs() as logs:
        asked = asyncio.ensure_future(here.events(1))
        await wait_until(lambda: here.server.stats.calls["getUpdates"] == 2, "the adapter waits for what comes")
        async with client(here.server, here.bot) as api:
            await api("getUpdates")  # consumes nothing: it confirms no update
            await wait_until(lambda: logs, "the adapter logs the conflict")
        said(here, "after all")
        assert len(await asked) == 1
    assert logs[0]["event"] == "someone else fetches this bot's updates"
    assert logs[0]["log_level"] == "warning"


async def test_a_withdrawn_token_ends_it(here: TelegramScene) -> None:
    here.bot.token = f"{here.bot.id}:other"
    with pytest.raises(AccountError):
        await here.batch()


async def test_a_wrong_token_is_told_at_the_start() -> None:
    async with EmulatedTelegram() as server:
        for token in ("1:wrong", "nonsense"):
            messenger = TelegramMessenger(token, api_url=server.url, clock=Clock())
            with pytest.raises(AccountError, match="does not accept"):
                await messenger.start()
            await messenger.close()


async def test_nobody_there_is_told_at_the_start() -> None:
    async with EmulatedTelegram() as server:
        bot = server.bot()
        await server.pause()
        messenger = TelegramMessenger(bot.token, api_url=server.url, clock=Clock())
        with pytest.raises(TemporaryError, match="does not answer"):
            await messenger.start()
        await server.resume()
        await messenger.start()
        assert messenger.username == "IntercityBot"
        await messenger.close()


async def test_answers_never_fail(here: TelegramScene) -> None:
    await here.messenger.deliver(send(here.chat, "Well?", buttons=(Button("yes", "👍", "y"),)))
    answer = here.server.press(here.group, here.ben, 1, "y")
    [press] = await here.events(1)
    assert isinstance(press, Press)
    await here.messenger.answer(press, "x" * 300)
    assert (await asyncio.wait_for(answer, 5))["text"] == "x" * 200
    old = Press(id="1", ref=press.ref, sender=press.sender, at=press.at, action="y", query="1")
    with capture_logs() as logs:
        await here.messenger.answer(old, "too late")
    assert re.search("too old", logs[0]["error"])


async def test_an_answer_that_ends_with_the_address_of_the_bot_opens_it(here: TelegramScene) -> None:
    await here.messenger.deliver(send(here.chat, "Well?", buttons=(Button("yes", "👍", "y"),)))
    address = here.messenger.address("vote_4_7")
    texts = ((f"Over there: {address}", address), ("Over there: https://t.me/other?start=x", None))
    for number, (text, shown) in enumerate(texts, 1):
        answer = here.server.press(here.group, here.ben, 1, "y")
        press = (await here.events(number))[-1]
        assert isinstance(press, Press)
        await here.messenger.answer(press, text)
        assert (await asyncio.wait_for(answer, 5))["text"] == (shown or text)


async def test_buttons_stand_side_by_side_as_long_as_a_phone_can_show_them() -> None:
    labels = ("0", "1", "2", "3", "back", "overview", "A topic with a long name", "Another with a long name", "vote")
    buttons = tuple(Button(each, "", str(number)) for number, each in enumerate(labels))
    keyboard = content(Post(rich("Well?"), buttons=buttons)).keyboard
    assert keyboard
    rows = [[key.text for key in row] for row in keyboard.inline_keyboard]
    assert rows == [["0", "1", "2"], ["3", "back", "overview"], [labels[6]], [labels[7]], ["vote"]]


async def test_updates_that_are_missing_are_noticed() -> None:
    """They were confirmed by a consumer with a later cursor, or Telegram dropped them after a day."""
    async with scene() as here:
        here.talk("one")
        first = await here.batch()
        assert first.cursor
        here.talk("two")
        second = await here.batch(first.cursor)
        here.talk("three")
        later = await here.batch(second.cursor)
        assert (first.gap, second.gap, later.gap) == (False, False, False)
        here.talk("four")
        here.clock.pass_(hours=25)
        here.talk("five")
        assert (await here.batch(later.cursor)).gap is True
        assert (await here.batch(first.cursor)).gap is True
