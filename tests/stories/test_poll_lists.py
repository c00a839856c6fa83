"""Polls are listed, and shown as they are."""

from __future__ import annotations

from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.meetings import Meetings
from tests.stories.polls import MADE, stored, story

__all__ = ["story"]


async def test_they_are_listed_by_state(story: Meetings) -> None:
    assert "Hier gibt es noch keine Umfrage." in await story.says(KOELN, MEHMET, "/umfragen")
    for _number in range(4):
        await story.says(KOELN, ANNA, MADE)
    for number in (1, 2, 3):
        await story.says(KOELN, ANNA, f"/umfrage {number} veröffentlichen")
    async with story.database.begin() as store:
        for number, in_force in ((1, True), (2, False)):
            poll = await store.polls.numbered(1, number)
            assert poll
            await store.polls.close(poll, story.clock(), {}, in_force=in_force)
    listed = (await story.says(KOELN, MEHMET, "/umfragen")).splitlines()
    assert listed == [
        "Offene Umfragen",
        "3 Woran arbeiten wir zuerst? – bis Mittwoch, 20. Januar 2027, 10:00 Uhr (Berlin)",
        "Beendet",
        "2 Woran arbeiten wir zuerst? – beendet am Mittwoch, 13. Januar 2027, 10:00 Uhr (Berlin), nicht in Kraft",
        "1 Woran arbeiten wir zuerst? – in Kraft seit Mittwoch, 13. Januar 2027, 10:00 Uhr (Berlin)",
        "/umfrage 3 zeigt eine davon.",
    ]
    drafts = await story.says(INDY, GRACE, "!polls")
    assert "Drafts\n4 Woran arbeiten wir zuerst?\nClosed\n" in drafts


async def test_a_long_list_is_cut(story: Meetings) -> None:
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
    await story.says(KOELN, ANNA, MADE)
    poll, _topics = await stored(story)
    kept = ("question", "method", "weight", "voters", "quorum", "secret", "live", "closes_at", "created_by")
    async with story.database.begin() as store:
        for _number in range(19):
            rules = {each: getattr(poll, each) for each in kept}
            await store.polls.add(dialogue.id, story.clock(), **rules)
    listed = await story.says(KOELN, ANNA, "/umfragen")
    assert listed.startswith("Keine Umfrage ist offen.\nEntwürfe\n20 Woran")
    assert "\n6 Woran arbeiten wir zuerst?\n… und 5 weitere\n" in listed
