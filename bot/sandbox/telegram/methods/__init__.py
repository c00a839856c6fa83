"""The table of the methods that the emulator plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.media import ANIMATION, AUDIO, DOCUMENT, PHOTO, STICKER, VIDEO, VIDEO_NOTE, VOICE
from bot.sandbox.telegram.methods import (
    account,
    cards,
    chats,
    editing,
    files,
    locations,
    media,
    messages,
    pins,
    polls,
    reactions,
)

Handler: TypeAlias = Callable[[Call], object]
_MESSAGE = "chat_id message_id"
_PLACE = "chat_id message_thread_id disable_notification reply_parameters"
_NEW = f"{_PLACE} reply_markup"
_TEXT = "text entities link_preview_options reply_markup"
_CAPTION = "caption caption_entities"
_SHOWN = f"{_CAPTION} show_caption_above_media has_spoiler"
_FILM = f"duration width height thumbnail {_SHOWN}"
_POINT = "latitude longitude horizontal_accuracy"
_POLL = (
    "question options type is_anonymous allows_multiple_answers allows_revoting is_closed open_period close_date "
    "description description_entities"
)
_COMMANDS = "scope language_code"
PLAYED: dict[str, tuple[Handler, frozenset[str]]] = {
    name: (handler, frozenset(params.split()))
    for name, handler, params in (
        ("getMe", account.get_me, ""),
        ("deleteWebhook", account.delete_webhook, "drop_pending_updates"),
        ("getWebhookInfo", account.get_webhook_info, ""),
        ("answerCallbackQuery", account.answer_callback_query, "callback_query_id text show_alert url cache_time"),
        ("setMyCommands", account.set_my_commands, f"commands {_COMMANDS}"),
        ("getMyCommands", account.get_my_commands, _COMMANDS),
        ("deleteMyCommands", account.delete_my_commands, _COMMANDS),
        ("sendMessage", messages.send_message, f"{_PLACE} {_TEXT}"),
        ("sendPhoto", media.sender(PHOTO), f"photo {_SHOWN} {_NEW}"),
        ("sendVideo", media.sender(VIDEO), f"video supports_streaming {_FILM} {_NEW}"),
        ("sendAnimation", media.sender(ANIMATION), f"animation {_FILM} {_NEW}"),
        ("sendAudio", media.sender(AUDIO), f"audio duration performer title thumbnail {_CAPTION} {_NEW}"),
        ("sendVoice", media.sender(VOICE), f"voice duration {_CAPTION} {_NEW}"),
        ("sendVideoNote", media.sender(VIDEO_NOTE), f"video_note duration length thumbnail {_NEW}"),
        (
            "sendDocument",
            media.sender(DOCUMENT),
            f"document thumbnail disable_content_type_detection {_CAPTION} {_NEW}",
        ),
        ("sendSticker", media.sender(STICKER), f"sticker emoji {_NEW}"),
        ("sendMediaGroup", media.send_media_group, f"media {_PLACE}"),
        ("sendVenue", cards.send_venue, f"latitude longitude title address {_NEW}"),
        ("sendContact", cards.send_contact, f"phone_number first_name last_name vcard {_NEW}"),
        ("sendDice", cards.send_dice, f"emoji {_NEW}"),
        ("sendLocation", locations.send_location, f"{_POINT} live_period {_NEW}"),
        ("editMessageLiveLocation", locations.edit_message_live_location, f"{_MESSAGE} {_POINT} reply_markup"),
        ("stopMessageLiveLocation", locations.stop_message_live_location, f"{_MESSAGE} reply_markup"),
        ("getFile", files.get_file, "file_id"),
        ("editMessageText", editing.edit_message_text, f"{_MESSAGE} {_TEXT}"),
        (
            "editMessageCaption",
            editing.edit_message_caption,
            f"{_MESSAGE} {_CAPTION} show_caption_above_media reply_markup",
        ),
        ("editMessageMedia", editing.edit_message_media, f"{_MESSAGE} media reply_markup"),
        ("editMessageReplyMarkup", editing.edit_message_reply_markup, f"{_MESSAGE} reply_markup"),
        ("deleteMessage", messages.delete_message, _MESSAGE),
        ("deleteMessages", messages.delete_messages, "chat_id message_ids"),
        ("setMessageReaction", reactions.set_message_reaction, f"{_MESSAGE} reaction is_big"),
        ("pinChatMessage", pins.pin_chat_message, f"{_MESSAGE} disable_notification"),
        ("unpinChatMessage", pins.unpin_chat_message, _MESSAGE),
        ("unpinAllChatMessages", pins.unpin_all_chat_messages, "chat_id"),
        ("sendPoll", polls.send_poll, f"{_POLL} {_NEW}"),
        ("stopPoll", polls.stop_poll, f"{_MESSAGE} reply_markup"),
        ("sendChatAction", chats.send_chat_action, "chat_id message_thread_id action"),
        ("getChat", chats.get_chat, "chat_id"),
        ("getChatMember", chats.get_chat_member, "chat_id user_id"),
        ("getChatAdministrators", chats.get_chat_administrators, "chat_id"),
        ("getChatMemberCount", chats.get_chat_member_count, "chat_id"),
        ("leaveChat", chats.leave_chat, "chat_id"),
    )
}
"""Method → what plays it, and the parameters that it plays. getUpdates is played by `server`."""

UPDATES_PARAMS = frozenset({"offset", "limit", "timeout", "allowed_updates"})
