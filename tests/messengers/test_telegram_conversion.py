"""Every kind of update becomes the right event; service messages become none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update, User

from bot.messengers.telegram.conversion import events
from bot.messengers.telegram.ids import message_id
from bot.model import (
    Account,
    Attachment,
    ChatRef,
    Edit,
    Event,
    Membership,
    Message,
    MessageRef,
    MessengerName,
    Migration,
    PinChange,
    Presence,
    Press,
    Reaction,
    Reply,
    RichText,
    Sender,
    bold,
    plain,
    rich,
)
from bot.sandbox.telegram import Json
from bot.sandbox.telegram.actors import ANONYMOUS_ADMIN
from bot.sandbox.telegram.rights import RIGHTS
from bot.sandbox.telegram.spec import bot_api

ME = 7
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAID = datetime(2026, 3, 1, 11, tzinfo=UTC)
DATE = int(SAID.timestamp())
ANNA = {
    "id": 11,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Weber",
    "username": "anna",
    "language_code": "de",
}
OTHER = {"id": 12, "is_bot": True, "first_name": "Other"}
BOT = {"id": ME, "is_bot": True, "first_name": "Intercity", "username": "IntercityBot"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Köln"}
CHANNEL = {"id": -1009, "type": "channel", "title": "City news"}
CHAT = ChatRef(MessengerName.TELEGRAM, "-1001")
NEWS = ChatRef(MessengerName.TELEGRAM, "-1009")
SENDER = Sender(Account(MessengerName.TELEGRAM, "11"), "Anna Weber", "anna", "de")
FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 900}
SIZED = FILE | {"width": 10, "height": 10}


def attached(kind: str, name: str = "", size: int | None = 900, **more: Any) -> Attachment:
    """Return the attachment for `FILE` or `SIZED`."""
    more = {"source": "telegram:f", "unique": "u", "filename": name if "." in name else "", **more}
    return Attachment(kind, name, size, **more)


def photo(size: int) -> Attachment:
    return attached("photo", size=size, mime="image/jpeg", width=10, height=10)


def the(number: int, chat: ChatRef = CHAT) -> MessageRef:
    return MessageRef(chat, message_id(chat, number, ME))


def converted(update: Json, *, reads_all: bool = True) -> list[Event]:
    update = {"update_id": 5, **update}
    assert bot_api().problems("Update", update) == []
    parsed = Update.de_json(update, None)
    me = User(ME, "Intercity", is_bot=True, can_read_all_group_messages=reads_all)
    return list(events(parsed, me, NOW))


def message(**content: object) -> Json:
    return {"message_id": 3, "date": DATE, "chat": GROUP, "from": ANNA, **content}


def said(**content: object) -> Message:
    [event] = converted({"message": message(**content)})
    assert isinstance(event, Message)
    return event


def test_a_text() -> None:
    assert said(text="Hello 😀", entities=[{"type": "bold", "offset": 6, "length": 2}]) == Message(
        id="5", ref=the(3), sender=SENDER, at=SAID, text=rich("Hello ", bold("😀"))
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"photo": [SIZED, SIZED | {"file_size": 4000}]}, photo(4000)),
        (
            {"photo": [SIZED], "has_media_spoiler": True, "show_caption_above_media": True},
            replace(photo(900), spoiler=True, caption_above=True),
        ),
        (
            {"video": SIZED | {"duration": 1, "file_name": "tour.mp4", "thumbnail": SIZED | {"file_id": "t"}}},
            attached("video", "tour.mp4", width=10, height=10, duration=1.0, thumbnail="telegram:t"),
        ),
        (
            {"animation": SIZED | {"duration": 1, "file_name": "a.gif"}, "document": FILE | {"file_name": "a.gif"}},
            attached("animation", "a.gif", width=10, height=10, duration=1.0),
        ),
        (
            {"video_note": FILE | {"length": 5, "duration": 1}},
            attached("video_note", mime="video/mp4", width=5, height=5, duration=1.0),
        ),
        ({"voice": FILE | {"duration": 1}}, attached("voice", mime="audio/ogg", duration=1.0)),
        (
            {"audio": FILE | {"duration": 1, "title": "Anthem", "mime_type": "audio/mpeg"}},
            attached("audio", "Anthem", mime="audio/mpeg", duration=1.0, title="Anthem"),
        ),
        ({"document": FILE | {"file_name": "plan.pdf"}}, attached("file", "plan.pdf")),
        ({"document": {"file_id": "f", "file_unique_id": "u"}}, attached("file", size=None)),
        (
            {"sticker": SIZED | {"type": "regular", "is_animated": False, "is_video": False, "emoji": "🦊"}},
            attached("sticker", "🦊", mime="image/webp", width=10, height=10, emoji="🦊"),
        ),
        ({"live_photo": SIZED | {"duration": 1, "photo": [SIZED]}}, photo(900)),
        ({"live_photo": SIZED | {"duration": 1}}, attached("video", width=10, height=10, duration=1.0)),
    ],
)
def test_attachments(content: Json, expected: Attachment) -> None:
    event = said(**content)
    assert (event.attachment, event.text) == (expected, ())


def test_a_caption_is_the_text() -> None:
    event = said(photo=[SIZED], caption="The oaks", caption_entities=[{"type": "bold", "offset": 4, "length": 4}])
    assert (event.text, event.attachment) == (rich("The ", bold("oaks")), photo(900))


@pytest.mark.parametrize(
    ("content", "sender"),
    [
        ({"sender_chat": GROUP, "from": ANNA | {"id": 1087968824, "is_bot": True}}, Sender(None, "Köln", chat=CHAT)),
        ({"sender_chat": GROUP, "author_signature": "Mayor"}, Sender(None, "Mayor", chat=CHAT)),
        ({"sender_chat": CHANNEL}, Sender(None, "City news", chat=NEWS)),
        ({"from": OTHER}, Sender(Account(MessengerName.TELEGRAM, "12"), "Other", is_bot=True)),
    ],
)
def test_who_is_not_simply_a_person(content: Json, sender: Sender) -> None:
    assert said(text="x", **content).sender == sender


@pytest.mark.parametrize(
    "content", [{"text": "x"}, {"location": {"latitude": 50.94, "longitude": 6.96}}, {"photo": [SIZED]}]
)
def test_what_someone_sends_through_an_inline_bot_is_their_own(content: Json) -> None:
    wiki = {"id": 13, "is_bot": True, "first_name": "Wiki", "username": "wiki"}
    event = said(via_bot=wiki, **content)
    assert (event.sender, event.via) == (SENDER, "@wiki")
    assert said(**content).via == ""
    if "location" not in content:
        [edit] = converted({"edited_message": message(edit_date=DATE, via_bot=wiki, **content)})
        assert isinstance(edit, Edit)
        assert (edit.sender, edit.via) == (SENDER, "@wiki")


@pytest.mark.parametrize(
    "origin",
    [
        {"forward_origin": {"type": "user", "date": DATE, "sender_user": ANNA}},
        {"forward_origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "Someone"}},
        {"is_automatic_forward": True, "sender_chat": CHANNEL},
    ],
)
def test_forwards_are_marked(origin: Json) -> None:
    assert said(text="x", **origin).forwarded
    assert not said(text="x").forwarded


@pytest.mark.parametrize(
    ("content", "origin"),
    [
        ({}, None),
        ({"forward_origin": {"type": "user", "date": DATE, "sender_user": ANNA}}, "Anna Weber"),
        ({"forward_origin": {"type": "user", "date": DATE, "sender_user": ANNA | {"first_name": ""}}}, "Weber"),
        ({"forward_origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "Someone"}}, "Someone"),
        (
            {"forward_origin": {"type": "chat", "date": DATE, "sender_chat": GROUP, "author_signature": "Mayor"}},
            "Köln",
        ),
        (
            {
                "forward_origin": {
                    "type": "channel", "date": DATE, "chat": CHANNEL, "message_id": 5, "author_signature": "Mayor"
                }
            },
            "City news",
        ),
        (
            {
                "is_automatic_forward": True, "sender_chat": CHANNEL,
                "forward_origin": {"type": "channel", "date": DATE, "chat": CHANNEL, "message_id": 5},
            },
            None,
        ),
    ],
)  # fmt: skip
def test_a_forward_names_its_origin(content: Json, origin: str | None) -> None:
    assert said(text="x", **content).origin == origin
    (edit,) = converted({"edited_message": message(text="x", edit_date=DATE, **content)})
    assert isinstance(edit, Edit)
    assert edit.origin == origin


@pytest.mark.parametrize(("names", "name"), [({"first_name": ""}, ""), ({"first_name": "", "last_name": "W"}, "W")])
def test_a_sender_without_a_first_name_is_a_sender(names: Json, name: str) -> None:
    user = {"id": 11, "is_bot": False, **names}
    assert said(text="x", **{"from": user}).sender.name == name


def test_private_chats_are_marked() -> None:
    event = said(text="x", chat={"id": 11, "type": "private", "first_name": "Anna"})
    assert (event.private, event.ref.chat.id) == (True, "11")


def test_topics_are_chats_but_threads_of_replies_are_not() -> None:
    forum = GROUP | {"is_forum": True}
    opened = message(chat=forum, message_id=2, forum_topic_created={"name": "Trees", "icon_color": 1})
    in_topic = said(chat=forum, message_thread_id=2, is_topic_message=True, reply_to_message=opened, text="x")
    assert (in_topic.ref.chat, in_topic.reply) == (ChatRef(MessengerName.TELEGRAM, "-1001", "2"), None)
    assert said(message_thread_id=2, text="x").ref.chat == CHAT


def quoted(text: str, **entity: object) -> Json:
    return {"text": text, "position": 0, "entities": [entity] if entity else []}


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (
            {"reply_to_message": message(message_id=1, text="Trees?")},
            Reply(the(1), "Anna Weber", rich("Trees?"), SENDER.account),
        ),
        (
            {"reply_to_message": message(message_id=1, photo=[SIZED], caption="Oaks")},
            Reply(the(1), "Anna Weber", rich("Oaks"), SENDER.account, photo(900)),
        ),
        (
            {"reply_to_message": message(message_id=1, text="word " * 100)},
            Reply(the(1), "Anna Weber", rich(("word " * 40).rstrip() + "…"), SENDER.account),
        ),
        (
            {
                "reply_to_message": message(message_id=1, text="Trees or bushes?"),
                "quote": quoted("bushes", type="bold", offset=0, length=6),
            },
            Reply(
                the(1),
                "Anna Weber",
                rich("Trees or bushes?"),
                SENDER.account,
                marked=rich(bold("bushes")),
            ),
        ),
        (
            {
                "external_reply": {
                    "origin": {"type": "channel", "date": DATE, "chat": CHANNEL, "message_id": 8},
                    "chat": CHANNEL,
                    "message_id": 8,
                },
                "quote": quoted("News"),
            },
            Reply(the(8, ChatRef(MessengerName.TELEGRAM, "-1009")), "City news", marked=rich("News")),
        ),
        (
            {"external_reply": {"origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "Someone"}}},
            Reply(MessageRef(CHAT, ""), "Someone", ()),
        ),
        (
            {
                "external_reply": {
                    "origin": {"type": "hidden_user", "date": DATE, "sender_user_name": "Someone"},
                    "voice": {"file_id": "v", "file_unique_id": "u", "duration": 3},
                }
            },
            Reply(
                MessageRef(CHAT, ""),
                "Someone",
                attachment=Attachment("voice", mime="audio/ogg", source="telegram:v", duration=3, unique="u"),
            ),
        ),
        (
            {"external_reply": {"origin": {"type": "user", "date": DATE, "sender_user": ANNA}}},
            Reply(MessageRef(CHAT, ""), "Anna Weber", (), SENDER.account),
        ),
        (
            {"reply_to_message": message(message_id=1, text="x", sender_chat=GROUP, **{"from": ANONYMOUS_ADMIN})},
            Reply(the(1), "Köln", rich("x"), sender_chat=CHAT),
        ),
        (
            {"reply_to_message": message(message_id=1, text="x", sender_chat=CHANNEL)},
            Reply(the(1), "City news", rich("x"), sender_chat=NEWS),
        ),
    ],
)
def test_replies(content: Json, reply: Reply) -> None:
    assert said(text="x", **content).reply == reply


@pytest.mark.parametrize(
    ("content", "text", "attachment"),
    [
        ({"text": "new"}, rich("new"), None),
        ({"photo": [SIZED], "caption": "new"}, rich("new"), photo(900)),
        ({"photo": [SIZED]}, (), photo(900)),
        ({"document": FILE | {"file_name": "plan.pdf"}}, (), attached("file", "plan.pdf")),
    ],
)
def test_edits(content: Json, text: RichText, attachment: Attachment | None) -> None:
    [event] = converted({"edited_message": message(edit_date=DATE + 60, **content)})
    at = datetime(2026, 3, 1, 11, 1, tzinfo=UTC)
    assert event == Edit(id="5", ref=the(3), sender=SENDER, at=at, text=text, attachment=attachment)


def test_an_edit_tells_what_its_message_answers() -> None:
    answered = message(message_id=1, text="When?")
    [event] = converted({"edited_message": message(edit_date=DATE, text="At 4", reply_to_message=answered)})
    assert isinstance(event, Edit)
    assert event.reply == said(text="At 3", reply_to_message=answered).reply
    assert event.reply
    assert plain(event.reply.excerpt) == "When?"


def query(**content: object) -> Json:
    return {"callback_query": {"id": "q9", "from": ANNA, "chat_instance": "1", **content}}


def test_a_press() -> None:
    [event] = converted(query(data="vote", message=message(**{"from": BOT}, text="Well?")))
    assert event == Press(id="5", ref=the(3), sender=SENDER, at=NOW, action="vote", query="q9")


def test_a_press_on_what_is_too_old_to_be_shown() -> None:
    [event] = converted(query(data="vote", message={"chat": GROUP, "message_id": 3, "date": 0}))
    assert isinstance(event, Press)
    assert event.ref == the(3)


def test_presses_of_another_kind_are_none() -> None:
    assert converted(query(data="vote", inline_message_id="i")) == []
    assert converted(query(game_short_name="chess", message=message(text="x"))) == []


def emoji(*signs: str) -> list[Json]:
    return [{"type": "emoji", "emoji": sign} for sign in signs]


def reaction(old: list[Json], new: list[Json], **who: object) -> list[tuple[str, str, bool]]:
    update = {"chat": GROUP, "message_id": 3, "date": DATE, "old_reaction": old, "new_reaction": new}
    found = converted({"message_reaction": update | (who or {"user": ANNA})})
    assert all(isinstance(event, Reaction) and event.ref == the(3) for event in found)
    return [(event.id, event.key, event.removed) for event in found if isinstance(event, Reaction)]


def test_reactions() -> None:
    assert reaction([], emoji("👍")) == [("5", "👍", False)]
    assert reaction(emoji("👍"), []) == [("5", "👍", True)]
    assert reaction(emoji("👍", "🔥"), emoji("🔥", "🎉")) == [("5.0", "👍", True), ("5.1", "🎉", False)]
    custom: Json = {"type": "custom_emoji", "custom_emoji_id": "1"}
    paid = {"type": "paid"}
    assert reaction([paid], [custom, paid]) == [("5", "custom:1", False)]
    assert reaction([], [paid]) == [("5", "⭐", False)]


def test_reactions_of_chats_are_nobodys() -> None:
    update = {"chat": GROUP, "message_id": 3, "date": DATE, "old_reaction": [], "new_reaction": emoji("👍")}
    [event] = converted({"message_reaction": update | {"actor_chat": GROUP}})
    assert isinstance(event, Reaction)
    assert event.sender == Sender(None, "Köln", chat=CHAT)


def member(status: str, **more: object) -> Json:
    return {"status": status, "user": BOT, **more}


RESTRICTED = bot_api().types["ChatMemberRestricted"]
assert isinstance(RESTRICTED, dict)
FREE = {name: True for name, type in RESTRICTED.items() if type == "Boolean!"}
MAY_WRITE = member("restricted", until_date=0, **FREE)
MUTE = member("restricted", until_date=0, **FREE | {"can_send_messages": False})
ADMIN = member("administrator", can_be_edited=False, is_anonymous=False, **dict.fromkeys(RIGHTS, True))
FORUM = GROUP | {"is_forum": True}


@pytest.mark.parametrize(
    ("old", "new", "presence"),
    [
        (member("left"), member("member"), Presence.JOINED),
        (member("member"), member("left"), Presence.GONE),
        (member("member"), member("kicked", until_date=0), Presence.GONE),
        (member("left"), MAY_WRITE, Presence.JOINED),
        (member("member"), member("restricted", until_date=0, **FREE | {"is_member": False}), Presence.GONE),
        (member("member"), member("creator", is_anonymous=False), None),
    ],
)
def test_membership(old: Json, new: Json, presence: Presence | None) -> None:
    assert moved(old, new) == presence


def moved(old: Json, new: Json, chat: Json = GROUP, *, reads_all: bool = True) -> Presence | None:
    """Return the presence reported for a change of the bot's membership."""
    update = {"chat": chat, "from": ANNA, "date": DATE, "old_chat_member": old, "new_chat_member": new}
    found = converted({"my_chat_member": update}, reads_all=reads_all)
    if not found:
        return None
    [event] = found
    assert isinstance(event, Membership)
    assert event == Membership(id="5", chat=CHAT, sender=SENDER, at=SAID, presence=event.presence, title="Köln")
    return event.presence


@pytest.mark.parametrize(
    ("works", "does_not", "chat", "reads_all"),
    [
        (ADMIN, member("member"), GROUP, False),  # privacy mode hides what is said
        (ADMIN, member("member"), FORUM, True),  # topics are hidden from non-admins
        (ADMIN, MUTE, GROUP, True),
        (ADMIN, MAY_WRITE, GROUP, False),
        (member("member"), MUTE, GROUP, True),
        (MAY_WRITE, MUTE, GROUP, True),
    ],
)
def test_losing_what_it_needs_muzzles_the_bot(works: Json, does_not: Json, chat: Json, *, reads_all: bool) -> None:
    assert moved(works, does_not, chat, reads_all=reads_all) is Presence.RESTRICTED
    assert moved(does_not, works, chat, reads_all=reads_all) is Presence.JOINED


@pytest.mark.parametrize(
    ("old", "new", "chat", "reads_all"),
    [
        (ADMIN, member("member"), GROUP, True),
        (ADMIN, ADMIN | {"can_pin_messages": False}, GROUP, False),
        (member("member"), MAY_WRITE, GROUP, True),
        (member("member"), MUTE, GROUP, False),  # it could not read before either
        (member("left"), member("kicked", until_date=0), GROUP, True),
    ],
)
def test_other_changes_of_rights_are_nothing(old: Json, new: Json, chat: Json, *, reads_all: bool) -> None:
    assert moved(old, new, chat, reads_all=reads_all) is None


@pytest.mark.parametrize("new", [member("member"), MUTE])
def test_coming_in_is_joining_with_whatever_rights(new: Json) -> None:
    assert moved(member("left"), new, FORUM, reads_all=False) is Presence.JOINED


@pytest.mark.parametrize(
    "moved",
    [
        message(chat={"id": -44, "type": "group", "title": "Köln"}, migrate_to_chat_id=-1001),
        message(migrate_from_chat_id=-44),
    ],
)
def test_both_service_messages_of_a_migration_are_one_event(moved: Json) -> None:
    assert converted({"message": moved}) == [
        Migration(id="migration -44 -1001", chat=ChatRef(MessengerName.TELEGRAM, "-44"), to=CHAT, at=SAID)
    ]


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": message(text="x"), "from": BOT},
        {"forum_topic_created": {"name": "Trees", "icon_color": 1}},
        {"supergroup_chat_created": True},
        {"text": "my own", "from": BOT},
    ],
)
def test_service_and_what_the_bot_said_itself_is_nothing(content: Json) -> None:
    assert converted({"message": message(**content)}) == []


def test_pinning_is_reported_with_who_did_it() -> None:
    gone = {"chat": message()["chat"], "message_id": 5, "date": 0}
    for pinned in (message(text="x") | {"message_id": 5}, gone):
        (event,) = converted({"message": message(pinned_message=pinned)})
        assert isinstance(event, PinChange)
        assert (event.ref, event.pinned, event.sender.name) == (the(5), True, "Anna Weber")
    thread = {"is_topic_message": True, "message_thread_id": 7}
    (event,) = converted({"message": message(pinned_message=gone, **thread)})
    assert isinstance(event, PinChange)
    assert event.ref.chat.topic == "7"


def test_other_updates_are_nothing() -> None:
    assert converted({}) == []
    assert converted({"channel_post": message(text="x")}) == []


def test_damaged_entities_leave_the_text_whole() -> None:
    event = said(
        text="😀!", entities=[{"type": "bold", "offset": 1, "length": 99}, {"type": "new", "offset": 0, "length": 2}]
    )
    assert plain(event.text) == "😀!"


@pytest.mark.parametrize(
    ("text", "entities", "expected"),
    [
        ("/me waves", [{"type": "bot_command", "offset": 0, "length": 3}], rich("* waves")),
        ("/me   waves", [], rich("* waves")),
        ("/me waves", [{"type": "bold", "offset": 4, "length": 5}], rich("* ", bold("waves"))),
        ("/me", [], rich("/me")),
        ("/me@IntercityBot", [], rich("/me@IntercityBot")),
        ("/mean words", [], rich("/mean words")),
        ("say /me waves", [], rich("say /me waves")),
    ],
)
def test_me_with_words_behind_it_is_an_emote(text: str, entities: list[Json], expected: RichText) -> None:
    assert said(text=text, entities=entities).text == expected
    [edit] = converted({"edited_message": message(text=text, entities=entities, edit_date=DATE)})
    assert isinstance(edit, Edit)
    assert edit.text == expected
