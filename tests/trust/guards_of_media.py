"""The guards of people's files on their way, each taken away as in `guards`."""

from __future__ import annotations

import re
from typing import Any

from bot.messengers.matrix import attachments
from bot.messengers.telegram import preparing
from bot.model import File, Sender
from bot.relay import relay
from bot.rights import Grant
from bot.text import files
from storage import Chat, Store
from tests.trust import test_media as media
from tests.trust.guards import instead


async def _nobody(_store: Store, _chat: Chat, _grant: Grant | None, _sender: Sender) -> bool:
    return False


def _as_claimed(file: File, _head: bytes) -> File:
    return file


def _as_named(name: str) -> str:
    return name


nobody_muted = instead(relay, "is_muted", _nobody)
claims_believed = instead(preparing, "as_it_is", _as_claimed)
any_source = instead(attachments, "_MXC", re.compile("(.+?)(:.*)"))
names_as_they_come = instead(files, "unlinked", _as_named)

GUARDS: list[Any] = [
    (media.test_case_160_a_file_of_someone_muted_crosses_neither_new_nor_in_place_of_another, nobody_muted),
    (
        media.test_case_161_what_claims_to_be_a_picture_reaches_telegram_as_the_download_that_it_is,
        claims_believed,
        {"data": media.SVG},
    ),
    (media.test_case_162_no_message_names_a_file_that_is_not_its_own, any_source, {"source": "stored:1"}),
    (media.test_case_163_the_name_of_a_file_in_a_sentence_of_the_bot_leads_nowhere, names_as_they_come),
]
