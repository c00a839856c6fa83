"""The guards of reactions, pins and links to messages, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.commands.context import Context
from bot.intake import hooks, live
from bot.model import Sender
from bot.relay import permalinks, pins
from bot.rights import Grant
from bot.text.catalogue import LazyText, _
from handlers.reactions import _reactors, _summary
from storage import Chat, Store, StoredMessage
from storage.reactions import repository
from tests.trust import test_marks as marks


def reactions_as_typed(patch: pytest.MonkeyPatch) -> None:
    """Show a reaction as it is, whatever it says."""

    def typed(key: str) -> LazyText:
        return _("{text}", text=key)

    patch.setattr(_summary, "_reaction", typed)


def names_with_brackets(patch: pytest.MonkeyPatch) -> None:
    """Show names in summaries as they are shown elsewhere."""
    patch.setattr(_summary, "_unbracketed", lambda name: name)


def reactions_of_every_chat(patch: pytest.MonkeyPatch) -> None:
    """Take reactions to a message wherever it was once known."""
    patch.setattr(hooks, "_is_outside", lambda _chat, _about: False)

    async def places(ctx: Context, _stored: StoredMessage) -> Mapping[int, Chat]:
        return {chat.id: chat for chat in await ctx.store.chats.paired()}

    patch.setattr(_reactors, "_places", places)


def nobody_muted(patch: pytest.MonkeyPatch) -> None:
    """Pass on what muted people do."""

    async def muted(_store: Store, _chat: Chat, _grant: Grant | None, _sender: Sender) -> bool:
        return False

    patch.setattr(pins, "is_muted", muted)
    patch.setattr(Grant, "muted", property(lambda _grant: False))


def links_and_pins_of_every_dialogue(patch: pytest.MonkeyPatch) -> None:
    """Treat every message as one of the chat's dialogue."""
    for module in (pins, permalinks):
        patch.setattr(module, "is_of", lambda _stored, _dialogue_id: True)


def any_number_of_reactions(patch: pytest.MonkeyPatch) -> None:
    """Store as many reactions as somebody makes."""
    patch.setattr(repository, "MOST", 10_000)


def everything_that_moves(patch: pytest.MonkeyPatch) -> None:
    """Show the last change of a message, whatever has happened since."""

    async def crosses(_ctx: Context, _stored: StoredMessage) -> bool:
        return True

    patch.setattr(live, "_crosses", crosses)


GUARDS: list[tuple[Any, ...]] = [
    (marks.test_case_170_a_reaction_cannot_pass_for_somebodys_words, reactions_as_typed),
    (marks.test_case_170_a_name_cannot_pass_for_several_people_in_other_cities, names_with_brackets),
    (marks.test_case_171_reactions_in_a_chat_that_has_left_stay_there, reactions_of_every_chat),
    (marks.test_case_171_nothing_of_the_muted_is_shown, nobody_muted),
    (marks.test_case_171_a_former_partners_message_is_not_pinned, links_and_pins_of_every_dialogue),
    (marks.test_case_172_a_storm_of_reactions_leaves_few, any_number_of_reactions),
    (marks.test_case_173_a_link_to_a_former_partners_message_is_left_alone, links_and_pins_of_every_dialogue),
    *(
        (marks.test_case_174_where_somebody_goes_is_not_followed_any_more, everything_that_moves, {"command": each})
        for each in ("mute @mehmet", "unpair")
    ),
]
