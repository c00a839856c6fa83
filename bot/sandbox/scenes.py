"""`intercity demo --script`: a short dialogue in the terminal that checks what each side sees."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.page.sides import Human, Side
from bot.sandbox.script import Audience, ScriptRun, Unseen
from bot.sandbox.stage import KOELN, ZONES, Stage


async def play(stage: Stage) -> int:
    """Play the dialogue; return 0, or 1 if a side saw anything unexpected."""
    telegram, matrix = stage.sides()
    audience = Audience()
    story = ScriptRun(audience)
    async with audience.watching(telegram, matrix):
        try:
            await _dialogue(story, stage, telegram, matrix)
            await _forward(story, stage, telegram, matrix)
            await _picture(story, telegram, matrix)
            _minute_later(stage)
            await _roundtable(story, stage, telegram, matrix)
            await _minutes(story, stage, telegram, matrix)
            _minute_later(stage)
            await _poll(story, stage, telegram, matrix)
        except Unseen as error:
            print(f"    ✗ {error}")
            story.problems.append(str(error).splitlines()[0])
            print(f"\nThe bot's log ends with:\n{stage.bot.log_tail()}")
    if stage.telegram.violations:
        story.problems += [f"against the Bot API: {violation}" for violation in stage.telegram.violations]
    print("\n" + ("Everything arrived as it should." if not story.problems else "Not as it should be:"))
    for problem in story.problems:
        print(f"  - {problem}")
    return 1 if story.problems else 0


def _minute_later(stage: Stage) -> None:
    """Set the clock a minute forward: a group on Telegram takes twenty messages in that time."""
    stage.bot.move(timedelta(minutes=1))


async def _dialogue(story: ScriptRun, stage: Stage, telegram: Side, matrix: Side) -> None:
    anna, mehmet, *_ = telegram.people
    grace, tom, _ruth = matrix.people
    await _talk(story, telegram, matrix, anna, grace)
    await _delete(story, telegram, matrix, mehmet, tom)
    _minute_later(stage)
    await _commands(story, telegram, matrix, anna, grace)
    await _roles(story, telegram, matrix, grace, tom)
    await story.say(telegram, mehmet, "Bis Donnerstag!")
    await story.see(matrix, "Mehmet Kaya", "Köln", "Bis Donnerstag!")
    await story.say(matrix, tom, "See you on Thursday!")
    await story.see(telegram, "Tom Jackson", "Indianapolis", "See you on Thursday!")
    story.see_nothing_of(matrix, "/status", "/delete")
    story.see_nothing_of(telegram, "!help", "!role")


async def _forward(story: ScriptRun, stage: Stage, telegram: Side, matrix: Side) -> None:
    """Forward somebody else's message: the other side sees that these are not the forwarder's own words."""
    mehmet = telegram.people[1]
    story.tell(telegram, mehmet, "Die Brücke ist ab Montag gesperrt.   (forwards what someone else has written)")
    stage.telegram.say(stage.group, stage.mehmet, "Die Brücke ist ab Montag gesperrt.", forward=True)
    await story.see(matrix, "Mehmet Kaya", "forwards Someone (not verified)", "Die Brücke ist ab Montag gesperrt.")


async def _picture(story: ScriptRun, telegram: Side, matrix: Side) -> None:
    """Share a picture with its caption; a reaction to it comes back, with the name."""
    mehmet, tom = telegram.people[1], matrix.people[1]
    await story.share(telegram, mehmet, "photo")
    copy = await story.see_picture(matrix, "Mehmet Kaya", "So soll das neue **Ufer** aussehen.")
    await story.react(copy, tom, "❤️")
    await story.see(telegram, "❤", "Tom Jackson", "Indianapolis")


async def _roundtable(story: ScriptRun, stage: Stage, telegram: Side, matrix: Side) -> None:
    """Schedule a roundtable for tomorrow, say yes on both sides, and set the clock to an hour before."""
    anna, clara, ruth = telegram.people[0], telegram.people[3], matrix.people[2]
    tomorrow = stage.bot.clock().astimezone(ZoneInfo(ZONES[KOELN])) + timedelta(days=1)
    begin = tomorrow.replace(hour=15, minute=0, second=0, microsecond=0)
    await story.say(telegram, anna, f"/runde Städte vereint | wann: {begin:%d.%m.%Y} 15–17 Uhr | erinnern: 1h")
    german = await story.see(telegram, "Runde 1", "Köln: 15:00–17:00 Uhr")
    english = await story.see(matrix, "Roundtable 1", "Köln: 3:00")
    await story.press(german, clara, "👍")
    await story.press(english, ruth, "👍")
    _minute_later(stage)
    await story.see(matrix, "Köln has confirmed", edited=english)
    await story.see(telegram, "Indianapolis hat zugesagt", edited=german)
    story.tell(telegram, anna, "(sets the clock to an hour before)")
    stage.bot.move(begin - timedelta(hours=1) - stage.bot.clock())
    for side, zone in ((telegram, "Berlin"), (matrix, "Indianapolis")):
        await story.see(side, "🔔", "Städte vereint", f"({zone})")


async def _minutes(story: ScriptRun, stage: Stage, telegram: Side, matrix: Side) -> None:
    """Hold the roundtable: write minutes on both sides, agree on an action point, and confirm the documents."""
    anna, clara = telegram.people[0], telegram.people[3]
    grace, _tom, ruth = matrix.people
    await story.say(telegram, anna, "/runde 1 beginnen")
    await story.see(matrix, "🔴", "Städte vereint")
    await story.say(telegram, anna, "/protokoll anfang 1")
    german, english = [await story.see(side, "📝", "Städte vereint") for side in (telegram, matrix)]
    await story.say(telegram, anna, "#beschluss Wir treffen uns jedes Jahr im Mai.")
    line = await story.say(matrix, grace, "#info Indianapolis pays for the trees.")
    _minute_later(stage)
    await story.see(matrix, "Agreed: Wir treffen uns jedes Jahr im Mai.", edited=english)
    await story.see(telegram, "Indianapolis pays for the trees.", edited=german)
    await story.edit(line, grace, "#info Indianapolis pays for all trees.")
    _minute_later(stage)
    await story.see(telegram, "Indianapolis pays for all trees.", edited=german)
    due = stage.bot.clock() + timedelta(days=90)
    await story.say(matrix, grace, f"#action Plant thirty trees by {due:%Y-%m-%d}")
    point = [await story.see(side, "Plant thirty trees", "⏳") for side in (telegram, matrix)]
    await story.press(point[0], clara, "✅")
    await story.press(point[1], ruth, "✅")
    for side in (telegram, matrix):
        await story.see(side, "Plant thirty trees", "Clara Hoffmann", "Ruth Bennett")
    _minute_later(stage)
    await story.say(telegram, anna, "/protokoll ende")
    for side, name in ((telegram, "protokoll-1"), (matrix, "minutes-1")):
        await story.see_file(side, f"{name}.docx", b"PK")
        await story.see_file(side, f"{name}.html", b"<!DOCTYPE html>")
    german, english = [await story.see(side, "📝", "⏳") for side in (telegram, matrix)]
    await story.press(german, anna, "✅")
    await story.press(english, grace, "✅")
    for side in (telegram, matrix):
        await story.see(side, "✅", "Städte vereint", "Anna Weber", "Grace Miller")


async def _poll(story: ScriptRun, stage: Stage, telegram: Side, matrix: Side) -> None:
    """Ask in German what comes first, vote on both sides, close the poll, and ask what is in force."""
    anna, mehmet, *_ = telegram.people
    grace, tom, _ruth = matrix.people
    topics = "- Radwege ausbauen (SDG 11) | - Bäume pflanzen (SDG 13)"
    await story.say(telegram, anna, f"/umfrage Woran arbeiten wir zuerst? | verfahren: zustimmung | {topics}")
    preview = await story.see(telegram, "📝", "Woran arbeiten wir zuerst?", "Nachhaltige Städte und Gemeinden")
    await story.press(preview, anna, "✅")
    german = await story.see(telegram, "🗳️", "Umfrage 1", "1. Radwege ausbauen")
    english = await story.see(matrix, "🗳️", "Poll 1", "Sustainable Cities and Communities")
    await story.press(german, mehmet, "2️⃣")
    await story.press(english, tom, "2️⃣")
    _minute_later(stage)
    await story.see(telegram, "Köln 1,00", "Indianapolis 1,00", edited=german)
    await story.say(telegram, anna, "/umfrage 1 schließen")
    for side in (telegram, matrix):
        await story.see(side, "🏁", "Bäume pflanzen", "1,00" if side is telegram else "1.00")
        await story.see_picture(side)
    await story.say(matrix, grace, "!priorities")
    await story.see(matrix, "📌", "Bäume pflanzen", "Radwege ausbauen")


async def _talk(story: ScriptRun, telegram: Side, matrix: Side, anna: Human, grace: Human) -> None:
    """Write each way with formatting, a reply and an edit."""
    question = await story.say(
        telegram, anna, "Guten Morgen, **Indianapolis**! Der Entwurf: [Klima](https://www.stadt-koeln.de/)"
    )
    copy = await story.see(matrix, "Anna Weber", "Köln", "**Indianapolis**", "[Klima](https://www.stadt-koeln.de/)")
    answer = await story.say(matrix, grace, "Good morning, _Köln_! We have read `version 2`.", reply_to=copy)
    there = await story.see(telegram, "Grace Miller", "Indianapolis", "_Köln_", "`version 2`", answers=question)
    await story.edit(answer, grace, "Good morning, _Köln_! We have read `version 3`.")
    await story.see(telegram, "Grace Miller", "`version 3`", edited=there)
    await story.edit(question, anna, "Guten Morgen, **Indianapolis**! Der Entwurf folgt.")
    await story.see(matrix, "Anna Weber", "Der Entwurf folgt.", edited=copy)


async def _delete(story: ScriptRun, telegram: Side, matrix: Side, mehmet: Human, tom: Human) -> None:
    """Delete each way: with /delete on Telegram, where bots do not see deletions, by redaction on Matrix."""
    slip = await story.say(telegram, mehmet, "Falscher Chat, Entschuldigung!")
    copy = await story.see(matrix, "Mehmet Kaya", "Falscher Chat")
    await story.say(telegram, mehmet, "/delete", reply_to=slip)
    await story.see_gone(copy)
    await story.see_gone(slip)
    slip = await story.say(matrix, tom, "Wrong room, sorry!")
    copy = await story.see(telegram, "Tom Jackson", "Wrong room")
    await story.delete(slip, tom)
    await story.see_gone(copy)


async def _commands(story: ScriptRun, telegram: Side, matrix: Side, anna: Human, grace: Human) -> None:
    """Ask the bot on each side; it answers there, in the language of the chat."""
    await story.say(telegram, anna, "/status")
    await story.see(telegram, "Köln (Telegram)", "Indianapolis (Matrix)", "angekommen")
    await story.say(matrix, grace, "!help")
    await story.see(matrix, "This is what you may do here", "!status")


async def _roles(story: ScriptRun, telegram: Side, matrix: Side, grace: Human, tom: Human) -> None:
    """Grant a role by replying to a message: both sides are told, and everybody may look it up."""
    said = await story.say(matrix, tom, "The mayor's office speaks through me now.")
    await story.see(telegram, "Tom Jackson", "The mayor's office")
    await story.say(matrix, grace, "!role mayor", reply_to=said)
    for side in (matrix, telegram):
        await story.see(side, "👤", "Tom Jackson", "Indianapolis", "Grace Miller")
    await story.say(matrix, tom, "!roles")
    await story.see(matrix, "Köln", "Anna Weber", "Mehmet Kaya", "Indianapolis", "Grace Miller", "Tom Jackson")
