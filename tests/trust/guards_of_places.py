"""The guards of where a message is, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

import pytest

import handlers.messages
from bot.commands import contexts
from bot.intake import deletions
from bot.model import Reply
from bot.relay import relay, replies
from storage import Chat, Store, StoredMessage
from tests.trust import test_places as places
from tests.trust.world import ANNA, MEHMET


def answers_by_number(patch: pytest.MonkeyPatch) -> None:
    """Look up the replied-to message in the reply's chat, wherever it really is."""

    async def answered(store: Store, chat: Chat, _dialogue_id: int | None, reply: Reply) -> StoredMessage | None:
        return await store.messages.find(chat, reply.to.id)

    for module in (relay, contexts):
        patch.setattr(module, "find_replied", answered)


def answers_in_any_dialogue(patch: pytest.MonkeyPatch) -> None:
    """Look up the replied-to message in any chat, whoever takes part there."""

    async def answered(store: Store, _chat: Chat, _dialogue_id: int | None, reply: Reply) -> StoredMessage | None:
        place = await store.chats.by_ref(reply.to.chat)
        return await store.messages.find(place, reply.to.id) if place else None

    patch.setattr(contexts, "find_replied", answered)
    dialogues_forgotten(patch)


def dialogues_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Treat every relayed message as one of the chat's current dialogue."""
    for module in (relay, replies, deletions, handlers.messages):
        patch.setattr(module, "is_of", lambda stored, _dialogue_id: stored.dialogue_id is not None)


GUARDS: list[tuple[Any, ...]] = [
    (places.test_case_102_a_role_goes_to_whoever_wrote_it_elsewhere, answers_by_number),
    (places.test_case_102_what_stands_elsewhere_is_not_deleted_here, answers_by_number),
    (places.test_case_102_an_answer_to_what_stands_elsewhere_answers_nothing_here, answers_by_number),
    (places.test_case_102_the_other_chat_may_be_one_of_another_dialogue, answers_in_any_dialogue),
    *(
        (places.test_case_103_a_former_partners_message_is_not_deleted, dialogues_forgotten, {"who": who})
        for who in (ANNA, MEHMET)
    ),
    (places.test_case_103_a_former_partners_message_is_not_edited, dialogues_forgotten),
    (
        places.test_case_103_what_is_removed_after_a_chat_has_left_stays_with_the_former_partner,
        dialogues_forgotten,
    ),
    (places.test_case_103_a_former_partner_is_not_asked_after, dialogues_forgotten),
]
