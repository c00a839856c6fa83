"""Who has which role for which city, and who is muted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Mention, MessengerName, Role, rich
from tests.stories.conftest import (
    ANNA,
    GRACE,
    INDY,
    KOELN,
    MEHMET,
    TOM,
    Story,
    private_chat,
    someone,
)
from tests.stories.people import held, role_of


async def test_a_role_given_by_reply_is_announced_everywhere_and_shown(story: Story) -> None:
    await story.says(INDY, TOM, "Good morning")
    said = story.matrix.messages_in(INDY)[-1].id
    await story.says(INDY, GRACE, "!role mayor", reply_to=said)
    assert await role_of(story, TOM) == "mayor of Indianapolis"
    for chat in (KOELN, INDY):
        assert "Tom Jackson (@tom:test)" in story.at(chat)[-1]
    assert "*" not in story.at(KOELN)[-1]
    await story.says(INDY, TOM, "Thank you")
    assert story.at(KOELN)[-1] == "Tom Jackson · Indianapolis · Bürgermeister/in: Thank you"
    async with story.database.begin() as store:
        (note,) = await store.audit.all("role")
    assert (note.account, note.subject, note.dialogue) == (
        "matrix:@grace:test",
        "matrix:@tom:test",
        "Köln – Indianapolis",
    )
    assert note.details == "guest → mayor, Indianapolis"


@pytest.mark.parametrize(
    "typed",
    [
        "/role @Mehmet staff",
        "/ROLLE FACHKRAFT @MEHMET",
        "/role @12 Mitarbeiter",
        "/rolle @mehmet Mitarbeiter*in",
    ],
)
async def test_a_role_given_by_user_name_or_number(story: Story, typed: str) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, typed)
    assert await role_of(story, MEHMET) == "staff of Köln"


async def test_a_role_given_to_a_command_that_is_answered(story: Story) -> None:
    await story.says(KOELN, MEHMET, "/me")
    command = next(each.id for each in story.telegram.messages_in(KOELN) if each.text == "/me")
    await story.says(KOELN, ANNA, "/rolle bürgermeisterin", reply_to=command)
    assert await role_of(story, MEHMET) == "mayor of Köln"


async def test_a_role_given_by_a_full_id_and_by_a_mention(story: Story) -> None:
    await story.says(INDY, GRACE, "!role @pat.o-brien:example.org staff")
    pat = someone(MessengerName.MATRIX, "@pat.o-brien:example.org", "Pat")
    assert await role_of(story, pat) == "staff of Indianapolis"
    assert pat.account
    text = rich("!role ", Mention(pat.account, rich("Pat O'Brien")), " guest")
    story.matrix.says(INDY, GRACE, text)
    await story.quiet()
    found = await held(story, pat)
    assert found
    assert found.role is Role.GUEST


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/role", "/rolle @grace bürgermeister"),
        ("/role mayor", "/rolle @grace bürgermeister"),
        ("/role @nobody mayor", "@nobody"),
        ("/role @Mehmet mayr", "Bürgermeister/in"),
        ("/role @Mehmet emperor", "fachkraft"),
        ("/role @Mehmet", "Telegram 12"),
        ("/role @tom:test mayor", "Indianapolis"),
        ("/role @grace:test staff", "Indianapolis"),
    ],
)
async def test_what_does_not_work_is_explained(story: Story, typed: str, told: str) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(INDY, TOM, "Good morning")
    assert told in await story.says(KOELN, ANNA, typed)
    assert [await role_of(story, who) for who in (MEHMET, TOM)] == ["guest", "guest"]
    assert await role_of(story, GRACE) == "coordinator of Indianapolis"


async def test_people_of_the_same_name_are_asked_back(story: Story) -> None:
    nameless = replace(MEHMET, username="")
    other = someone(MessengerName.TELEGRAM, "13", "Mehmet Kaya", "de", "mehmet_k")
    for who in (nameless, other):
        await story.says(KOELN, who, "Guten Tag")
    answer = await story.says(KOELN, ANNA, "/role @Mehmet Kaya mayor")
    assert "@12 für Mehmet Kaya (Telegram 12)" in answer
    assert "@mehmet_k für Mehmet Kaya (@mehmet_k, Telegram 13)" in answer
    await story.says(KOELN, ANNA, "/role @13 mayor")
    assert [await role_of(story, who) for who in (MEHMET, other)] == ["guest", "mayor of Köln"]


async def test_a_city_never_loses_its_last_coordinator(story: Story) -> None:
    assert "allein" in await story.says(KOELN, ANNA, "/role @Anna guest")
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, "/role @Mehmet coordinator")
    await story.says(KOELN, ANNA, "/role @Anna guest")
    found = await held(story, ANNA)
    assert found
    assert found.role is Role.GUEST


async def test_roles_are_shown_city_by_city(story: Story) -> None:
    await story.says(INDY, TOM, "Good morning")
    answer = (await story.says(KOELN, MEHMET, "/rollen")).splitlines()
    assert answer == [
        "Köln – Indianapolis",
        "Indianapolis",
        "Koordination: Grace Miller (@grace:test)",
        "1 Gast",
        "Köln",
        "Koordination: Anna Weber (Telegram 11)",
        "1 Gast",
    ]


async def test_who_is_given_a_role_is_told_in_private(story: Story) -> None:
    await story.says(private_chat(MEHMET), MEHMET, "/start")
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, "/rolle @mehmet bürgermeister")
    assert "Bürgermeister/in" in story.at(private_chat(MEHMET))[-1]


async def test_what_someone_muted_writes_does_not_cross(story: Story) -> None:
    first = await wrote(story, "Guten Tag")
    await story.says(KOELN, ANNA, "/mute @Mehmet")
    for chat in (KOELN, INDY):
        assert story.at(chat)[-1].startswith("🔇 Mehmet Kaya")
    before = len(story.at(INDY))
    assert "stummgeschaltet" in await story.says(KOELN, MEHMET, "Hört mich jemand?")
    told = len(story.at(KOELN))
    await story.says(KOELN, MEHMET, "Und jetzt?")
    story.telegram.edits(KOELN, MEHMET, first, "Ganz anders")
    await story.quiet()
    assert len(story.at(INDY)) == before
    assert len(story.at(KOELN)) == told, "told once an hour"
    assert "Guten Tag" in "\n".join(story.at(INDY)), "the edit did not cross either"

    await story.says(KOELN, ANNA, "/unmute", reply_to=first)
    assert story.at(INDY)[-1].startswith("🔊 Mehmet Kaya")
    await story.says(KOELN, MEHMET, "Danke")
    assert story.at(INDY)[-1] == "Mehmet Kaya · Köln: Danke"
    async with story.database.begin() as store:
        assert [note.action for note in await store.audit.all()] == ["mute", "unmute"]


async def wrote(story: Story, text: str) -> str:
    """Write a message as Mehmet, and return its id."""
    id = story.telegram.says(KOELN, MEHMET, text)
    await story.quiet()
    return id


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/mute", "nennen Sie die Person"),
        ("/mute @tom:test", "Indianapolis"),
        ("/mute @Anna", "nur Gäste"),
        ("/unmute @Mehmet", "nicht stummgeschaltet"),
        ("/mute @nobody", "@nobody"),
    ],
)
async def test_who_cannot_be_muted(story: Story, typed: str, told: str) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(INDY, TOM, "Good morning")
    assert told in await story.says(KOELN, ANNA, typed)
    await story.says(INDY, TOM, "Still here")
    assert story.at(KOELN)[-1] == "Tom Jackson · Indianapolis: Still here"


async def test_a_mute_outlasts_another_role_and_is_no_coordinators_of_another_city(story: Story) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, "/mute @Mehmet")
    await story.says(KOELN, ANNA, "/role @Mehmet guest")
    before = len(story.at(INDY))
    await story.says(KOELN, MEHMET, "Hallo")
    assert len(story.at(INDY)) == before
    assert "!unmute" not in await story.says(INDY, TOM, "!help")
    assert "coordinators" in await story.says(INDY, TOM, "!unmute @Mehmet")
