"""Calls are checked against the Bot API's own specification."""

import json
from pathlib import Path

import pytest

from bot.sandbox.telegram.errors import ApiError, Json
from bot.sandbox.telegram.files import FormFile
from bot.sandbox.telegram.methods import PLAYED, UPDATES_PARAMS
from bot.sandbox.telegram.spec import bot_api

MARKUP = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def test_the_specification_is_complete_and_current() -> None:
    spec = bot_api()
    assert len(spec.methods) == 180
    assert len(spec.types) == 359
    names = {part for fields in spec.types.values() if isinstance(fields, dict) for part in fields.values()}
    kinds = {kind for name in names for kind in name.rstrip("!").replace("Array of ", "").split("|")}
    plain = {"Integer", "Float", "Boolean", "String"}
    assert {kind for kind in kinds if kind.partition("=")[0] not in plain} <= set(spec.types)


def test_everything_played_is_in_the_specification() -> None:
    for method, (_, params) in PLAYED.items():
        assert params <= bot_api().methods[method]["fields"].keys()
    assert bot_api().methods["getUpdates"]["fields"].keys() == UPDATES_PARAMS


@pytest.mark.parametrize("encode", [lambda value: value, lambda v: v if isinstance(v, str) else json.dumps(v)])
def test_forms_and_json_mean_the_same(encode: type[str]) -> None:
    params = {"chat_id": -100, "text": "5", "disable_notification": True, "reply_markup": MARKUP}
    raw = {name: encode(value) for name, value in params.items()}
    assert bot_api().read("sendMessage", raw) == (params, [])


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"chat_id": 1}, "Bad Request: message text is empty"),
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 1.5, "text": "x"}, "chat_id: one of Integer, String expected"),
        ({"chat_id": 1, "text": "x", "message_thread_id": "one"}, "can't parse message_thread_id"),
        ({"chat_id": 1, "text": "x", "disable_notification": "yes"}, "can't parse disable_notification"),
        ({"chat_id": 1, "text": "x", "entities": "nonsense"}, "can't parse entities JSON object"),
        ({"chat_id": 1, "text": "x", "entities": {"type": "bold"}}, "Array expected"),
        ({"chat_id": 1, "text": "x", "entities": [{"type": "bold", "offset": 0}]}, 'can\'t find field "length"'),
        ({"chat_id": 1, "text": "x", "entities": [{"type": "bold", "offset": "0", "length": 1}]}, "Integer expected"),
        ({"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [{"text": "a"}]}}, "can't parse reply_markup"),
    ],
)
def test_bad_parameters_are_refused(params: Json, says: str) -> None:
    with pytest.raises(ApiError, match=r"Bad Request") as caught:
        bot_api().read("sendMessage", params)
    assert says in caught.value.description


def test_unknown_parameters_are_named_also_deep_inside() -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]}
    params = {"chat_id": 1, "text": "x", "chat": 1, "reply_markup": markup}
    _, unknown = bot_api().read("sendMessage", params)
    assert unknown == ["chat", "reply_markup.inline_keyboard[0][0].colour"]


def test_subtypes_are_told_apart_by_their_constant() -> None:
    assert bot_api().problems("BotCommandScope", {"type": "chat", "chat_id": 5}) == []
    assert bot_api().problems("BotCommandScope", {"type": "nobody"})
    assert (
        bot_api().problems("ChatMember", {"status": "left", "user": {"id": 1, "is_bot": False, "first_name": "A"}})
        == []
    )


def test_files_are_taken_where_the_specification_has_them() -> None:
    upload = FormFile(Path("none"))
    params = {"chat_id": 1, "photo": "attach://picture", "picture": upload}
    assert bot_api().read("sendPhoto", params) == ({"chat_id": 1, "photo": "attach://picture"}, [])
    assert bot_api().read("sendPhoto", {"chat_id": 1, "photo": upload})[0]["photo"] is upload
    with pytest.raises(ApiError, match="can't parse caption"):
        bot_api().read("sendPhoto", {"chat_id": 1, "photo": "x", "caption": upload})
    with pytest.raises(ApiError, match="can't parse photo"):
        bot_api().read("sendPhoto", {"chat_id": 1, "photo": 5})


def test_the_items_of_an_array_may_be_of_different_types() -> None:
    items: list[Json] = [{"type": "photo", "media": "a"}, {"type": "video", "media": "b", "duration": 5}]
    assert bot_api().read("sendMediaGroup", {"chat_id": 1, "media": json.dumps(items)})[0]["media"] == items
    with pytest.raises(ApiError, match=r"can't parse media\[1\]"):
        bot_api().read("sendMediaGroup", {"chat_id": 1, "media": [items[0], {"type": "voice", "media": "b"}]})
    _, unknown = bot_api().read("sendMediaGroup", {"chat_id": 1, "media": [items[0] | {"duration": 5}]})
    assert unknown == ["media[0].duration"]
