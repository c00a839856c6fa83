"""Roles, linked accounts, first words, settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Membership, Mention, Message, MessageRef, MessengerName, Presence, Role, Sender, rich
from storage import Appointment, Person
from tests.stories.conftest import (
    ANNA,
    GRACE,
    INDY,
    KOELN,
    MEHMET,
    TOM,
    Story,
    code_in,
    direct_room,
    private_chat,
    someone,
)

GRACE_HERE = someone(MessengerName.TELEGRAM, "77", "Grace M.", "en")


async def person(story: Story, who: Sender) -> Person:
    assert who.account
    async with story.database.begin() as store:
        found = await store.people.by_account(who.account)
    assert found, who.name
    return found


async def held(story: Story, who: Sender) -> Appointment | None:
    found = await person(story, who)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        return await store.roles.of(dialogue.id, found.id)


async def role_of(story: Story, who: Sender) -> str:
    found = await held(story, who)
    return f"{found.role} of {found.city.name}" if found and found.appointed else "guest"


# Roles


async def test_a_role_given_by_reply_is_announced_everywhere_and_shown(story: Story) -> None:
    await story.says(INDY, TOM, "Good morning")
    said = story.matrix.standing(INDY)[-1].id
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
        "/rolle @mehmet kaya fachkraft",
        "/ROLLE FACHKRAFT @Mehmet Kaya",
        "/role @12 Mitarbeiter",
        "/rolle @mehmet_k fachkraft",
        "/rolle @mehmet_k Mitarbeiter*in",
    ],
)
async def test_a_role_given_by_name(story: Story, typed: str) -> None:
    known = Sender(MEHMET.account, MEHMET.name, "mehmet_k", "de")
    await story.says(KOELN, known, "Guten Tag")
    await story.says(KOELN, ANNA, typed)
    assert await role_of(story, MEHMET) == "staff of Köln"


async def test_a_role_given_to_a_command_that_is_answered(story: Story) -> None:
    await story.says(KOELN, MEHMET, "/me")
    command = next(each.id for each in story.telegram.standing(KOELN) if each.text == "/me")
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
        ("/role @Tom Jackson mayor", "Indianapolis"),
        ("/role @Grace staff", "Indianapolis"),
    ],
)
async def test_what_does_not_work_is_explained(story: Story, typed: str, told: str) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(INDY, TOM, "Good morning")
    assert told in await story.says(KOELN, ANNA, typed)
    assert [await role_of(story, who) for who in (MEHMET, TOM)] == ["guest", "guest"]
    assert await role_of(story, GRACE) == "coordinator of Indianapolis"


async def test_people_of_the_same_name_are_asked_back(story: Story) -> None:
    other = someone(MessengerName.TELEGRAM, "13", "Mehmet Kaya", "de")
    for who in (MEHMET, other):
        await story.says(KOELN, who, "Guten Tag")
    answer = await story.says(KOELN, ANNA, "/role @Mehmet Kaya mayor")
    assert "Telegram 12" in answer
    assert "Telegram 13" in answer
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


# Linked accounts


async def link(story: Story, answer: int = 0) -> None:
    """Let Grace link her Telegram account to that on Matrix, and answer the question."""
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/start")
    code = code_in(await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/link"))
    assert "Grace M." in await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    await story.chooses(private_chat(GRACE_HERE), GRACE_HERE, answer)


async def test_linked_accounts_are_one_person(story: Story) -> None:
    await link(story)
    assert (await person(story, GRACE)).id == (await person(story, GRACE_HERE)).id
    assert await role_of(story, GRACE_HERE) == "coordinator of Indianapolis"
    for chat in (private_chat(GRACE_HERE), direct_room(GRACE)):
        assert "@grace:test" in story.at(chat)[-1]
        assert "Telegram 77" in story.at(chat)[-1]
    await story.says(KOELN, GRACE_HERE, "Hello from Köln")
    assert story.at(INDY)[-1] == "Grace M. · Indianapolis · coordinator: Hello from Köln"
    async with story.database.begin() as store:
        assert len(await store.audit.all("link")) == 1


async def test_who_is_linked_can_be_called_from_the_other_side(story: Story) -> None:
    await link(story)
    assert GRACE.account
    assert GRACE_HERE.account
    assert TOM.account
    story.matrix.says(
        INDY, TOM, rich("Ask ", Mention(GRACE.account, rich("Grace")), " or ", Mention(TOM.account, rich("me")))
    )
    await story.quiet()
    post = story.telegram.standing(KOELN)[-1].post
    assert post
    assert post.mentions == (GRACE_HERE.account,)
    assert Mention(GRACE_HERE.account, rich("Grace")) in post.text
    assert Mention(TOM.account, rich("me")) in post.text


async def test_nothing_is_linked_without_a_yes(story: Story) -> None:
    await link(story, answer=1)
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id
    assert await story.chooses(private_chat(GRACE_HERE), GRACE_HERE) == story.at(private_chat(GRACE_HERE))[-1]
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id, "the question is answered"


async def test_the_account_that_typed_the_code_can_stop_it(story: Story) -> None:
    code = code_in(await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/link"))
    await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    await story.chooses(direct_room(GRACE), GRACE)
    await story.chooses(private_chat(GRACE_HERE), GRACE_HERE)
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id


async def test_in_a_group_no_code_is_shown(story: Story) -> None:
    answer = await story.says(KOELN, ANNA, "/verknuepfen")
    assert "https://telegram.test/verknuepfen" in answer
    assert not any(char.isdigit() for char in answer)


async def test_own_code_and_two_cities(story: Story) -> None:
    own = private_chat(ANNA)
    code = code_in(await story.says(own, ANNA, "/link"))
    assert "anderes" in await story.says(own, ANNA, f"/link {code}")
    answer = await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    assert "Köln" in answer
    assert "Indianapolis" in answer
    assert (await person(story, GRACE)).id != (await person(story, ANNA)).id


# First words


async def test_the_first_words_ask_whether_language_and_zone_are_right(story: Story) -> None:
    own = private_chat(MEHMET)
    await story.says(KOELN, MEHMET, "Guten Tag")
    answer = await story.says(own, MEHMET, "/start")
    assert "Mehmet Kaya" in answer
    assert "Deutsch (Deutschland)" in answer
    assert "Europe/Berlin" in answer
    assert "Köln – Indianapolis" in answer
    assert (await person(story, MEHMET)).locale is None
    assert "dabei bleibt es" in await story.chooses(own, MEHMET)
    found = await person(story, MEHMET)
    assert (found.locale, found.zone) == ("de_DE", "Europe/Berlin")
    assert "Stimmt das" not in await story.says(own, MEHMET, "/start")


async def test_an_american_who_says_en_is_written_to_in_american_english(story: Story) -> None:
    pat = someone(MessengerName.MATRIX, "@pat:test", "Pat", "en")
    await story.says(INDY, pat, "Hello")
    assert "English (United States)" in await story.says(direct_room(pat), pat, "!start")


async def test_a_link_to_the_bot_leads_on(story: Story) -> None:
    own = private_chat(GRACE_HERE)
    assert "Your code is" in await story.says(own, GRACE_HERE, "/start link")
    code = code_in(story.at(own)[-1]).replace("-", "")
    assert "Grace M." in await story.says(direct_room(GRACE), GRACE, f"!start link_{code}")
    assert "Good day, Grace M." in await story.says(own, GRACE_HERE, "/start something-else")


async def test_a_direct_room_is_greeted_in_the_zone_of_the_profile(story: Story) -> None:
    pat = Sender(TOM.account, TOM.name, zone="America/Chicago")
    room = direct_room(TOM)
    story.matrix.standing(room)
    for presence in (Presence.INVITED, Presence.JOINED):
        at = story.app.clock()
        event = Membership(id=f"{presence}", chat=room, sender=pat, at=at, presence=presence, private=True)
        story.matrix.happens(event)
        await story.quiet()
    (greeting,) = story.at(room)
    assert "Tom Jackson" in greeting
    assert "America/Chicago" in greeting
    assert "!help" in greeting or "!timezone" in greeting


async def test_several_dialogues_are_asked_back_in_private(story: Story) -> None:
    await story.says(KOELN, MEHMET, "Guten Tag")
    mehmet = await person(story, MEHMET)
    async with story.database.begin() as store:
        cities = [await store.cities.named("Köln"), await store.cities.add("Leeds", "en_GB", "Europe/London")]
        leeds = await store.dialogues.add("Köln – Leeds", tuple(city for city in cities if city))
        await store.roles.set(leeds, mehmet, leeds.cities[0], Role.MAYOR, story.app.clock())
    own = private_chat(MEHMET)
    assert "mehreren Dialogen" in await story.says(own, MEHMET, "/rollen")
    assert "Köln – Leeds" in await story.chooses(own, MEHMET, 1)
    assert (await story.says(own, MEHMET, "/rollen")).startswith("Köln – Leeds")


# What is offered


async def test_help_shows_what_this_person_may_do_here(story: Story) -> None:
    guest = await story.says(KOELN, MEHMET, "/help")
    coordinator = await story.says(KOELN, ANNA, "/help")
    private = await story.says(private_chat(ANNA), ANNA, "/help")
    assert "/rolle" not in guest.replace("/rollen", "")
    assert "/koppeln" not in guest
    for word in ("/koppeln", "/entkoppeln", "/rolle @NAME", "/doctor"):
        assert word in coordinator
    assert "Beispiel: /koppeln Köln" in coordinator
    assert "/verknuepfen" not in coordinator
    assert "/verknuepfen" in private
    assert "/koppeln" not in private


def offered(story: Story) -> dict[tuple[str, str, str], list[str]]:
    """Give the words of each menu by chat, account and language; the newest counts."""
    menus = story.telegram.menus
    return {
        (str(m.chat or m.private), str(m.account or ""), m.language): [word for word, _ in m.commands] for m in menus
    }


async def test_menus_are_set_for_each_language_and_role(story: Story) -> None:
    def words(who: Sender | None, language: str) -> list[str]:
        return offered(story).get((str(KOELN), str(who.account) if who else "", language), [])

    last = (str(private_chat(ANNA)), "", "en")
    await story.telegram.wait_until(lambda: last in offered(story), lambda: str(offered(story)))
    assert "rolle" in words(ANNA, "de")
    assert "role" in words(ANNA, "en")
    assert "rolle" in words(ANNA, ""), "any other language: that of the chat"
    assert "rolle" not in words(None, "de")
    assert "hilfe" in words(None, "de")
    assert "verknuepfen" in offered(story)["True", "", "de"]
    assert "pair" in offered(story)["False", "", ""]
    assert words(MEHMET, "de") == []

    await story.app.menus.refresh(story.telegram)
    number = len(story.telegram.menus)
    await story.app.menus.refresh(story.telegram)
    assert len(story.telegram.menus) == number, "nothing has changed"
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, "/role @Mehmet coordinator")
    await story.says(KOELN, ANNA, "/role @Anna staff")
    await story.telegram.wait_until(lambda: "role" not in words(ANNA, "en"), lambda: str(offered(story)))
    assert "rolle" in words(MEHMET, "de")


async def test_the_doctor_looks_at_every_chat(story: Story) -> None:
    story.matrix.says(INDY, GRACE, "!doctor")
    await story.quiet()
    await story.app.doctor.answer_all()
    await story.quiet()
    answer = story.at(INDY)[-1].splitlines()
    assert answer[0] == "Telegram"
    assert "Köln (Telegram)" in answer
    assert "Indianapolis (Matrix)" in answer
    assert answer.count("⚠️ no administrator") == 2
    assert story.matrix.standing(INDY)[-1].reply_to
    assert "coordinators" in await story.says(INDY, TOM, "!doctor")


async def test_a_picture_with_a_command_as_its_caption(story: Story) -> None:
    story.telegram.happens(
        Message(
            id="caption",
            ref=MessageRef(KOELN, "c1"),
            sender=MEHMET,
            at=story.app.clock() - timedelta(seconds=1),
            text=rich("/me"),
        )
    )
    await story.quiet()
    assert "Mehmet Kaya" in story.at(KOELN)[-1]
    assert story.at(INDY) == []


# Muting


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
    """Let Mehmet write something; give the message's id."""
    id = story.telegram.says(KOELN, MEHMET, text)
    await story.quiet()
    return id


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/mute", "nennen Sie die Person"),
        ("/mute @Tom Jackson", "Indianapolis"),
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
