"""sendPoll and stopPoll."""

from __future__ import annotations

from bot.sandbox.telegram.actors import GroupActor
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request, not_played
from bot.sandbox.telegram.methods.placing import place
from bot.sandbox.telegram.polls import TelegramPoll

_SHORTEST, _LONGEST = 5, 2_628_000


def send_poll(call: Call) -> Json:
    """Play sendPoll, but for quizzes."""
    params = call.params
    if params.get("type", "regular") != "regular":
        raise not_played("sendPoll with quizzes")
    keyboard, question, options, description = call.keyboard(), _question(call), _options(call), _description(call)
    open_period, close_date = _closing(call)
    target = place(call, ("can_send_polls", "polls"))
    anonymous = params.get("is_anonymous", True)
    if isinstance(target.chat, GroupActor) and target.chat.channel and not anonymous:
        raise bad_request("non-anonymous polls can't be sent to channel chats")
    call.pace(target.chat)
    poll = TelegramPoll(
        str(call.world.number()),
        call.bot,
        target.chat,
        question,
        options,
        anonymous=anonymous,
        multiple=params.get("allows_multiple_answers", False),
        revoting=params.get("allows_revoting", True),
        closed=params.get("is_closed", False),
        open_period=open_period,
        close_date=close_date,
        description=description,
    )
    call.world.polls[poll.id] = poll
    poll.record = target.post(poll.message | keyboard)
    return poll.record.message


def stop_poll(call: Call) -> Json:
    """Play stopPoll; without a keyboard the old one goes."""
    keyboard = call.keyboard()
    chat = call.chat()
    call.pace(chat)
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message with poll to stop not found")
    if "poll" not in record.message:
        raise bad_request("message is not a poll")
    if record.author != call.bot.id:
        raise bad_request("poll can't be stopped")
    poll = call.world.polls[record.message["poll"]["id"]]
    if poll.closed:
        raise bad_request("poll has already been closed")
    record.message = {name: value for name, value in record.message.items() if name != "reply_markup"} | keyboard
    call.world.close_poll(poll)
    return poll.poll


def _question(call: Call) -> str:
    text, _ = call.formatted(call.params["question"], [])
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > 300:
        raise bad_request("poll question length must not exceed 300")
    return text


def _options(call: Call) -> tuple[str, ...]:
    options = call.params["options"]
    if not options:
        raise bad_request("poll must have at least one answer option")
    if len(options) > 12:
        raise bad_request("poll can't have more than 12 options")
    return tuple(_option(call, option) for option in options)


def _option(call: Call, option: Json) -> str:
    if strange := option.keys() - {"text"}:
        raise not_played(f"InputPollOption with {', '.join(sorted(strange))}")
    text, _ = call.formatted(option["text"], [])
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > 100:
        raise bad_request("poll options length must not exceed 100")
    return text


def _description(call: Call) -> Json:
    text, entities = call.formatted(call.params.get("description", ""), call.params.get("description_entities", []))
    if len(text) > 1024:
        raise bad_request("poll description length must not exceed 1024")
    if not text:
        return {}
    return {"description": text} | ({"description_entities": entities} if entities else {})


def _closing(call: Call) -> tuple[int, int]:
    """Return for how many seconds the poll is open, and until when; 0 and 0 when it has no end."""
    period, date = call.params.get("open_period", 0), call.params.get("close_date", 0)
    if period and date:
        raise bad_request("open_period and close_date can't be used together")
    if not period and not date:
        return 0, 0
    period = period or date - call.world.now
    if not _SHORTEST <= period <= _LONGEST:
        raise bad_request(f"the poll must be open from {_SHORTEST} to {_LONGEST} seconds")
    return period, call.world.now + period
