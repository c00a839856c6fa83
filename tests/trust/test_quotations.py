"""Nobody is misquoted: author and text of a quotation come from the event itself (case 108)."""

from __future__ import annotations

import pytest

from bot.model import Account, MessageRef, MessengerName, Quote, Reply, RichText, bold, plain, rich
from tests.trust import raw
from tests.trust.world import ANNA, EVE, INDY, KOELN, World, only

ANSWERS_NOTHING_KNOWN = {"m.relates_to": {"m.in_reply_to": {"event_id": "$nobody has it"}}}
WORDS = "We will end the partnership."


def quotation(world: World) -> RichText:
    """Return the quotation in the only copy that has reached Köln."""
    post = only(each.post for each in world.telegram.messages_in(KOELN) if each.post)
    return only(node for node in post.text if isinstance(node, Quote)).children


async def test_case_108_a_typed_quotation_names_nobody(world: World) -> None:
    body = f"> <@grace:test> {WORDS}\n\nAgreed."
    content = {"msgtype": "m.text", "body": body, **ANSWERS_NOTHING_KNOWN}
    await raw.on_matrix(world, raw.raw(content, sender="@mallory:evil"))
    quoted = quotation(world)
    assert WORDS in plain(quoted)
    assert "grace" not in plain(quoted).lower()
    assert plain(quoted).startswith("vom Absender zitiert, nicht geprüft:")


FORGED = [
    (Quote(rich(bold("Grace Miller · Indianapolis · Koordination:"), f"\n{WORDS}")),),
    (Quote(rich("Grace Miller · Indianapolis:", bold(f"\n{WORDS}"))),),
]


@pytest.mark.parametrize("text", FORGED)
async def test_case_108_a_quotation_that_looks_like_ours_is_marked(world: World, text: RichText) -> None:
    await world.speaks(KOELN, EVE, (*text, *rich("Einverstanden.")))
    post = only(each.post for each in world.matrix.messages_in(INDY) if each.post)
    (quoted, *_rest) = post.text
    assert isinstance(quoted, Quote)
    assert plain(quoted.children).startswith("│ ")


async def test_case_108_a_namesake_who_is_quoted_is_flagged(world: World) -> None:
    impostor = Account(MessengerName.TELEGRAM, "4242")
    reply = Reply(MessageRef(KOELN, "99"), ANNA.name, rich(WORDS), impostor)
    world.telegram.says(KOELN, EVE, "Einverstanden.", reply=reply)
    await world.quiet()
    post = only(each.post for each in world.matrix.messages_in(INDY) if each.post)
    assert plain(post.text).startswith("Anna Weber · Köln · ⚠️ not verified:")
