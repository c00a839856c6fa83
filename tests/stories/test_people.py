"""First contact, settings, and which commands are offered to whom."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Attachment, Membership, Message, MessageRef, MessengerName, Presence, Role, Sender, rich
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
from tests.stories.people import GRACE_HERE, person


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
    assert "Hello, Grace M.!" in await story.says(own, GRACE_HERE, "/start something-else")


async def test_a_direct_room_is_greeted_in_the_zone_of_the_profile(story: Story) -> None:
    pat = Sender(TOM.account, TOM.name, zone="America/Chicago")
    room = direct_room(TOM)
    story.matrix.messages_in(room)
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


async def test_help_shows_what_this_person_may_do_here(story: Story) -> None:
    guest = await story.says(KOELN, MEHMET, "/help")
    coordinator = await story.says(KOELN, ANNA, "/help")
    private = await story.says(private_chat(ANNA), ANNA, "/help")
    assert "/rolle" not in guest.replace("/rollen", "")
    assert "/koppeln" not in guest
    for word in ("/koppeln", "/entkoppeln", "/rolle", "/doctor"):
        assert word in coordinator
    detail = await story.says(KOELN, ANNA, "/hilfe koppeln")
    assert "/koppeln STADT" in detail
    assert "Beispiel: /koppeln Köln" in detail
    assert "/verknuepfen" not in coordinator
    assert "/verknuepfen" in private
    assert "/koppeln" not in private


def offered(story: Story) -> dict[tuple[str, str, str], list[str]]:
    """Return the words of each menu by chat, account and language; the newest counts."""
    menus = story.telegram.menus
    return {
        (str(m.chat or m.private), str(m.account or ""), m.language): [word for word, _ in m.commands] for m in menus
    }


async def test_menus_are_set_for_each_language_and_role(story: Story) -> None:
    def words(who: Sender | None, language: str) -> list[str]:
        return offered(story).get((str(KOELN), str(who.account) if who else "", language), [])

    await story.says(KOELN, ANNA, "Guten Tag")
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

    number = len(story.telegram.menus)
    async with story.database.begin() as store:
        await store.menu_digests.outdate()
    await story.quiet()
    assert len(story.telegram.menus) == number, "nothing has changed"
    await story.says(KOELN, MEHMET, "Guten Tag")
    await story.says(KOELN, ANNA, "/role @Mehmet coordinator")
    await story.says(KOELN, ANNA, "/role @Anna staff")
    await story.telegram.wait_until(lambda: "role" not in words(ANNA, "en"), lambda: str(offered(story)))
    assert "rolle" in words(MEHMET, "de")


async def test_the_doctor_looks_at_every_chat(story: Story) -> None:
    story.matrix.says(INDY, GRACE, "!doctor")
    await story.quiet()
    answer = story.at(INDY)[-1].splitlines()
    assert answer[0] == "Telegram"
    assert "Köln (Telegram)" in answer
    assert "Indianapolis (Matrix)" in answer
    assert answer.count("⚠️ no administrator") == 2
    assert story.matrix.messages_in(INDY)[-1].reply_to
    assert "coordinators" in await story.says(INDY, TOM, "!doctor")


async def test_a_picture_with_a_command_as_its_caption(story: Story) -> None:
    story.telegram.happens(
        Message(
            id="caption",
            ref=MessageRef(KOELN, "c1"),
            sender=MEHMET,
            at=story.app.clock() - timedelta(seconds=1),
            text=rich("/me"),
            attachment=Attachment("photo", "town.jpg", 4000),
        )
    )
    await story.quiet()
    assert "Mehmet Kaya" in story.at(KOELN)[-1]
    assert story.at(INDY) == []
