"""Operations become what people see, and failures are classified: temporary, unknown outcome or permanent."""

from collections.abc import AsyncIterator

import pytest
from telegram.error import NetworkError, TimedOut

from bot.messengers.base import PermanentError, TemporaryError, UnknownOutcome
from bot.messengers.telegram import TelegramMessenger
from bot.messengers.telegram.failures import NotSent, send_error
from bot.model import (
    Account,
    Button,
    ChatRef,
    Code,
    Join,
    Leave,
    Link,
    Mention,
    MessengerName,
    Moment,
    Post,
    Pre,
    Quote,
    Remove,
    Replace,
    RichText,
    Text,
    bold,
    rich,
)
from bot.sandbox.telegram import Fault, Json
from tests.clocks import Clock
from tests.messengers.telegram_scene import ANNA, TelegramScene, ref, scene, send

YES, NO = Button("yes", "👍", "vote:1:y"), Button("no", "👎", "vote:1:n")


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


def last(here: TelegramScene) -> Json:
    return here.server.messages(here.group)[-1]


def marks(message: Json) -> list[tuple[str, str]]:
    """Return each entity with the text it covers."""
    units = message["text"].encode("utf-16-le")
    return [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in message.get("entities", [])
    ]


async def test_a_send_gives_the_id_of_the_message(here: TelegramScene) -> None:
    here.server.say(here.group, here.anna, "first")
    assert (await here.messenger.deliver(send(here.chat, "Hello"))).id == here.id(2)
    assert last(here)["text"] == "Hello"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        (rich("agreed"), "Anna Weber · Köln · mayor: agreed", [("bold", "Anna Weber · Köln · mayor:")]),
        (
            (Quote(rich("so")), Text("yes")),
            "Anna Weber · Köln · mayor:\nso\nyes",
            [("bold", "Anna Weber · Köln · mayor:"), ("blockquote", "so")],
        ),
        (
            (Pre("x = 1", "python"),),
            "Anna Weber · Köln · mayor:\nx = 1",
            [("bold", "Anna Weber · Köln · mayor:"), ("pre", "x = 1")],
        ),
    ],
)
async def test_the_author_stands_before_the_words(
    here: TelegramScene, text: RichText, words: str, expected: list[tuple[str, str]]
) -> None:
    await here.messenger.deliver(send(here.chat, text, author=ANNA))
    assert last(here)["text"] == words
    assert marks(last(here)) == expected


async def test_rich_text_arrives_as_entities(here: TelegramScene) -> None:
    anna = Account(MessengerName.TELEGRAM, str(here.anna.id))
    text = rich(
        "😀 ", bold("bold"), " ", Code("code"), " ", Link("https://example.org/a", rich("here")), " ",
        Mention(anna, rich("Anna")), " ", Moment(1_772_000_000, "noon"), " <b>*_plain_*</b>",
    )  # fmt: skip
    await here.messenger.deliver(send(here.chat, text))
    assert last(here)["text"] == "😀 bold code here Anna noon <b>*_plain_*</b>"
    assert marks(last(here)) == [
        ("bold", "bold"),
        ("code", "code"),
        ("text_link", "here"),
        ("text_mention", "Anna"),
        ("date_time", "noon"),
    ]
    assert last(here)["entities"][3]["user"]["id"] == here.anna.id
    assert last(here)["entities"][4]["unix_time"] == 1_772_000_000


async def test_links_have_no_preview(here: TelegramScene) -> None:
    await here.messenger.deliver(send(here.chat, "https://example.org"))
    assert last(here)["link_preview_options"] == {"is_disabled": True}


async def test_buttons_stand_three_in_a_row(here: TelegramScene) -> None:
    more = tuple(Button(str(n), "", f"p{n}") for n in range(2))
    await here.messenger.deliver(send(here.chat, "Well?", buttons=(YES, NO, *more)))
    rows = last(here)["reply_markup"]["inline_keyboard"]
    assert [[(b["text"], b["callback_data"]) for b in row] for row in rows] == [
        [("👍 yes", "vote:1:y"), ("👎 no", "vote:1:n"), ("0", "p0")],
        [("1", "p1")],
    ]


async def test_a_reply_stands_under_its_message_or_alone(here: TelegramScene) -> None:
    said = here.server.say(here.group, here.anna, "Trees?")
    await here.messenger.deliver(send(here.chat, "Yes", reply_to=here.id(said["message_id"])))
    assert last(here)["reply_to_message"]["text"] == "Trees?"
    here.server.delete(here.group, here.anna, said["message_id"])
    await here.messenger.deliver(send(here.chat, "Still yes", reply_to=here.id(said["message_id"])))
    assert "reply_to_message" not in last(here)


async def test_a_topic_gets_what_is_meant_for_it(here: TelegramScene) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True)
    topic = here.server.topic(forum, "Trees")
    await here.messenger.deliver(send(ref(forum, topic), "Oaks"))
    assert here.server.messages(forum)[-1]["message_thread_id"] == topic


async def test_replace_changes_text_and_buttons(here: TelegramScene) -> None:
    id = (await here.messenger.deliver(send(here.chat, "one", buttons=(YES,)))).id
    change = Replace(chat=here.chat, id=id, post=Post(rich("two"), buttons=(NO,)), token="t2")
    assert (await here.messenger.deliver(change)).id == id
    assert (last(here)["text"], last(here)["reply_markup"]["inline_keyboard"][0][0]["text"]) == ("two", "👎 no")
    assert (await here.messenger.deliver(change)).id == id  # no change: it is so already
    await here.messenger.deliver(Replace(chat=here.chat, id=id, post=Post(rich("two")), token="t3"))
    assert "reply_markup" not in last(here)


async def test_replacing_what_is_gone_is_refused(here: TelegramScene) -> None:
    with pytest.raises(PermanentError, match=r"(?i)message to edit not found"):
        await here.messenger.deliver(Replace(chat=here.chat, id=here.id(99), post=Post(rich("x")), token="t"))


async def test_remove_is_done_when_it_is_gone(here: TelegramScene) -> None:
    id = (await here.messenger.deliver(send(here.chat, "x"))).id
    remove = Remove(chat=here.chat, id=id, token="t2")
    assert (await here.messenger.deliver(remove)).id == ""
    assert (await here.messenger.deliver(remove)).id == ""
    assert here.server.messages(here.group) == []


async def test_what_is_too_old_to_delete_is_refused(here: TelegramScene) -> None:
    id = (await here.messenger.deliver(send(here.chat, "hello"))).id
    here.clock.pass_(hours=48)
    with pytest.raises(PermanentError) as refused:
        await here.messenger.deliver(Remove(chat=here.chat, id=id, token="t2"))
    assert not refused.value.shut_out


async def test_what_cannot_be_removed_is_refused() -> None:
    async with scene(admin=False) as here:
        said = here.server.say(here.group, here.ben, "mine")
        with pytest.raises(PermanentError, match="does not let the bot delete"):
            await here.messenger.deliver(Remove(chat=here.chat, id=here.id(said["message_id"]), token="t"))


async def test_leaving_once_or_twice(here: TelegramScene) -> None:
    assert (await here.messenger.deliver(Join(chat=here.chat))).id == ""
    assert (await here.messenger.deliver(Leave(chat=here.chat))).id == ""
    assert here.bot not in here.group.bots
    assert (await here.messenger.deliver(Leave(chat=here.chat))).id == ""


async def test_entities_that_telegram_does_not_take_are_left_out(
    here: TelegramScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.text import merging
    from bot.text.telegram import Entity

    linked = [Entity("text_link", 0, 5, url="https://example.org"), Entity("bold", 0, 99)]
    monkeypatch.setattr(merging, "render", lambda _: ("Hello", linked))
    id = (await here.messenger.deliver(send(here.chat, "Hello"))).id
    assert (last(here)["text"], marks(last(here))) == ("Hello (https://example.org)", [("url", "https://example.org")])
    await here.messenger.deliver(Replace(chat=here.chat, id=id, post=Post(rich("Hello")), token="t2"))


# What goes wrong


async def test_what_was_certainly_not_sent_may_be_tried_again(here: TelegramScene) -> None:
    await here.server.pause()
    with pytest.raises(TemporaryError, match="cannot be reached") as caught:
        await here.messenger.deliver(send(here.chat, "x"))
    assert caught.value.after is None
    await here.server.resume()
    assert (await here.messenger.deliver(send(here.chat, "x"))).id == here.id(1)


async def test_after_close_nothing_is_sent(here: TelegramScene) -> None:
    await here.messenger.close()
    await here.messenger.close()
    with pytest.raises(TemporaryError):
        await here.messenger.deliver(send(here.chat, "x"))
    assert here.server.messages(here.group) == []


async def test_close_before_start_is_nothing() -> None:
    await TelegramMessenger("1:x", clock=Clock()).close()


async def test_too_many_calls_say_how_long_to_wait() -> None:
    async with scene(limits=True) as here:
        for _ in range(20):
            await here.messenger.deliver(send(here.chat, "x"))
        with pytest.raises(TemporaryError) as caught:
            await here.messenger.deliver(send(here.chat, "x"))
        assert caught.value.after == 60


@pytest.mark.parametrize("fault", Fault)
async def test_a_lost_answer_is_ambiguous(here: TelegramScene, fault: Fault) -> None:
    here.server.faults.once(fault)
    with pytest.raises(UnknownOutcome, match="No answer from Telegram"):
        await here.messenger.deliver(send(here.chat, "x"))
    assert len(here.server.messages(here.group)) == fault.performed


async def test_a_closed_door_is_final(here: TelegramScene) -> None:
    here.server.kick_bot(here.group, here.anna)
    with pytest.raises(PermanentError, match="kicked") as caught:
        await here.messenger.deliver(send(here.chat, "x"))
    assert caught.value.shut_out
    nowhere = ChatRef(MessengerName.TELEGRAM, "-77")
    with pytest.raises(PermanentError, match=r"(?i)chat not found") as caught:
        await here.messenger.deliver(send(nowhere, "x"))
    assert caught.value.shut_out
    with pytest.raises(PermanentError, match="initiate conversation") as caught:
        await here.messenger.deliver(send(ChatRef(MessengerName.TELEGRAM, str(here.ben.id)), "x"))
    assert caught.value.shut_out


async def test_a_bad_message_is_final_but_the_door_stays_open(here: TelegramScene) -> None:
    for text in ("", "x" * 4097):
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(send(here.chat, text))
        assert not caught.value.shut_out


async def test_a_moved_group_says_where_it_went() -> None:
    async with scene(supergroup=False) as here:
        new = here.server.migrate(here.group)
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(send(here.chat, "x"))
        assert caught.value.moved_to == ref(new)


async def test_a_token_that_is_withdrawn_keeps_the_order(here: TelegramScene) -> None:
    here.bot.token = f"{here.bot.id}:other"
    with pytest.raises(TemporaryError, match="does not let the bot in"):
        await here.messenger.deliver(send(here.chat, "x"))


@pytest.mark.parametrize(
    ("kind", "expected"), [(NotSent, TemporaryError), (NetworkError, UnknownOutcome), (TimedOut, UnknownOutcome)]
)
def test_only_what_never_left_us_may_be_sent_again(kind: type[NetworkError], expected: type[Exception]) -> None:
    assert type(send_error(kind("x"), "1:x")) is expected
