"""Linking of one person's accounts, with the consent of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.codes import INCOMPLETE, issue, redeem, spend, split_code
from bot.commands.context import CommandContext
from bot.commands.mentions import label
from bot.commands.router import Router, Where
from bot.model import Role
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.voice import Choice
from storage import Appointment, OneTimeCode, Person, Purpose

router = Router(_("Your settings"))

VALID = timedelta(hours=1)
"""How long a linking code is valid."""


@router.command(
    "link",
    "verknuepfen",
    summary=_("links your accounts on both messengers"),
    usage=_("[CODE]"),
    example=_("`/link`"),
    where=Where.PRIVATE,
    takes=lambda typed: bool(split_code(typed.args)[0]),
    by_address=True,
)
async def link(ctx: CommandContext) -> None:
    """Create a code, or redeem the one created by the person's other account."""
    typed, _rest = split_code(ctx.args)
    if not ctx.args:
        await _give_code(ctx)
    elif not typed:
        raise UserError(INCOMPLETE, usage=True)
    elif code := await redeem(ctx, Purpose.LINK, typed):
        await _claim(ctx, code)


async def _give_code(ctx: CommandContext) -> None:
    code, until, _replaces = await issue(ctx, Purpose.LINK, VALID)
    others = {
        name: url
        for name, url in ctx.addresses(f"link_{code.replace('-', '')}").items()
        if name != ctx.chat.ref.messenger
    }
    rows = [
        _("Your code is `{code}`. It is valid until {until}, for one other account of yours.", code=code, until=until),
        _(
            "Now write to me *from your other account*, in private: `{telegram}` on Telegram, `{matrix}` on Matrix.",
            telegram=f"/link {code}",
            matrix=f"!link {code}",
        ),
        *(_("{messenger}: {url}", messenger=name.title(), url=url) for name, url in others.items()),
        _("I will then ask you here whether it was you. Do not give the code to anybody else."),
    ]
    await ctx.reply(lines(*rows))


async def _claim(ctx: CommandContext, code: OneTimeCode) -> None:
    """Ask the account that created the code, and the one that typed it if it holds a role (trust: 10 to 14)."""
    owner = await ctx.store.people.by_account(code.account)
    if owner is None or owner.id == ctx.person.id:
        raise UserError(_("This code is for your *other* account: type it there, not here."))
    if code.claimed_by and code.claimed_by != ctx.account:
        raise UserError(_("Another account has already typed this code. Please ask for a new one with `/link`."))
    await _check(ctx, owner, ctx.person)
    if ctx.by_address:  # one tap on a link that anybody may have sent: only ask (trust: case 100)
        await ctx.reply(await _question(ctx, ctx.person, owner), *_choices(code))
        return
    await _claimed(ctx, code, owner)
    if await handed_over(ctx, ctx.person):
        await ctx.reply(await _question(ctx, ctx.person, owner), *_choices(code))
        return
    text = _(
        "Now please confirm it where you got the code: I have asked {who} there. If that account is not yours, cancel:"
        " it would get your role and your settings.",
        who=await _label(ctx, owner),
    )
    await ctx.reply(text, Choice(_("cancel"), "❌", f"link:no:{code.id}"))


async def _claimed(ctx: CommandContext, code: OneTimeCode, owner: Person) -> None:
    """Record which account has claimed the code, and ask the one that created it."""
    if not await ctx.store.codes.claim(code, ctx.account):
        raise UserError(_("Another account has already typed this code. Please ask for a new one with `/link`."))
    await ctx.tell(owner.id, await _question(ctx, owner, ctx.person), *_choices(code))


def _choices(code: OneTimeCode) -> tuple[Choice, Choice]:
    return (
        Choice(_("yes, that is me"), "✅", f"link:yes:{code.id}"),
        Choice(_("no"), "❌", f"link:no:{code.id}"),
    )


async def _question(ctx: CommandContext, asked: Person, other: Person) -> LazyText:
    """Return the question whether the other account is theirs, with the roles that it would get, if any."""
    who = await _label(ctx, other)
    roles = await handed_over(ctx, asked)
    if not roles:
        return _(
            "Is this an account of yours: {who}? If you say yes, I treat both as one person: same role, same settings."
            " `/unlink` separates them again.",
            who=who,
        )
    return lines(
        _("Is this an account of yours: {who}?", who=who),
        _("⚠️ If you say yes, *it gets your rights*:"),
        *(_("• {role}", role=each) for each in roles),
        _("If somebody sent you here, say no. `/unlink` separates the accounts again."),
    )


async def handed_over(ctx: CommandContext, person: Person) -> list[LazyText]:
    """Return the roles that an account linked with the person's would get."""
    roles = []
    for appointment in await _voices(ctx, person):
        dialogue = await ctx.store.dialogues.get(appointment.dialogue_id)
        role = ROLE_NAMES[appointment.role]
        roles.append(_("{role} of {city} in {dialogue}", role=role, city=appointment.city.name, dialogue=dialogue.name))
    if ctx.rights.by_settings(person):
        roles.append(_("coordinator of every city, named in the settings of this bot"))
    return roles


@router.button("link")
async def confirm(ctx: CommandContext) -> None:
    """Link the two accounts of a code once all required answers are yes; a no cancels it."""
    answer, _colon, id = ctx.args.partition(":")
    code = await ctx.store.codes.get(int(id), ctx.now)
    owner = await ctx.store.people.by_account(code.account) if code else None
    if code is None or owner is None:
        raise UserError(_("This question has already been answered, or is too old. `/link` starts again."))
    opened = ctx.person if ctx.private else None  # by a link, in a private chat
    other = await ctx.store.people.by_account(code.claimed_by) if code.claimed_by else opened
    if other is None or ctx.person.id not in {owner.id, other.id}:
        raise UserError(_("Only the person who asked for the code can answer this."))
    if answer != "yes":
        await _refused(ctx, code, owner, other)
        return
    await _check(ctx, owner, other)
    if code.claimed_by is None:
        await _claimed(ctx, code, owner)
    await _confirmed(ctx, code, owner, other)


async def _refused(ctx: CommandContext, code: OneTimeCode, owner: Person, other: Person) -> None:
    if code.claimed_by is None:  # only a link was opened
        await ctx.reply(_("Nothing was linked."))
        return
    await spend(ctx, code)
    for person in {owner.id, other.id}:
        await ctx.tell(person, _("Nothing was linked, and the code is no longer valid."))


async def _confirmed(ctx: CommandContext, code: OneTimeCode, owner: Person, other: Person) -> None:
    """Record one side's yes. The second account's is also required if it holds a role."""
    first = await ctx.store.people.by_account(code.confirmed_by) if code.confirmed_by else None
    agreed = {ctx.person.id} | ({first.id} if first else set())
    needed = {owner.id} | ({other.id} if await handed_over(ctx, other) else set())
    if needed <= agreed:
        await spend(ctx, code)
        await _link(ctx, owner, other)
        return
    if not await ctx.store.codes.confirm(code, ctx.account):
        raise UserError(_("The other account answered at the same moment. Please press again."))
    missing = other if ctx.person.id == owner.id else owner
    await ctx.reply(_("Thank you. Now {who} has to say yes as well.", who=await _label(ctx, missing)))


async def _link(ctx: CommandContext, owner: Person, other: Person) -> None:
    if owner.id != other.id:
        await ctx.store.links.join(owner, other)
        await ctx.store.menu_digests.outdate()
        one, two = owner.accounts[0], other.accounts[0]
        await ctx.store.audit.record(ctx.now, "link", by=ctx.account, subject=str(two), details=f"with {one}")
    linked, here = await ctx.store.people.get(owner.id), await ctx.store.chats.get(ctx.chat.id)
    who = await _label(ctx, linked)
    text = _("🔗 I now treat your accounts as one person: {who}. `/unlink` separates them again.", who=who)
    await replace(ctx, chat=here).reply(text)
    chats = [each for each in await ctx.store.chats.private(linked.id) if each.is_at_home and each.id != here.id]
    await ctx.post(chats, text)
    await _announce(ctx, linked, who)


async def _label(ctx: CommandContext, person: Person) -> str:
    return label(person, await ctx.store.people.of_person(person.id))


@router.command("unlink", "trennen", summary=_("separates your accounts again"), where=Where.PRIVATE)
async def unlink(ctx: CommandContext) -> None:
    """Undo the newest link of the person's accounts; each side gets back what it brought."""
    id = await ctx.store.links.part(ctx.person, ctx.now)
    if id is None:
        raise UserError(_("This account is not linked to another one."))
    await ctx.store.menu_digests.outdate()
    people = [await ctx.store.people.get(each) for each in (ctx.person.id, id)]
    one, two = [await _label(ctx, each) for each in people]
    text = _("✂️ These accounts are separate again: {one} and {two}. Each keeps what it had before.", one=one, two=two)
    private = [chat for each in people for chat in (await ctx.store.chats.private(each.id))[:1]]
    here = await ctx.store.chats.get(ctx.chat.id)
    private += [] if here.id in {each.id for each in private} else [here]
    await ctx.post(private, text)
    await ctx.store.audit.record(
        ctx.now, "unlink", by=ctx.account, subject=str(people[1].accounts[0]), details=f"from {people[0].accounts[0]}"
    )
    for each in people:
        await _announce_parted(ctx, each, text)


async def _announce_parted(ctx: CommandContext, person: Person, text: LazyText) -> None:
    """Announce to the dialogues who holds the role now."""
    for appointment in await _voices(ctx, person):
        chats = await ctx.store.chats.of_dialogue(appointment.dialogue_id)
        role = _(
            "*{role}* of {city} is {who}.",
            role=ROLE_NAMES[appointment.role],
            city=appointment.city.name,
            who=await _label(ctx, person),
        )
        await ctx.post(chats, lines(text, role))


async def _announce(ctx: CommandContext, linked: Person, who: str) -> None:
    """Notify the dialogues in which a role now covers one more account."""
    for appointment in await ctx.store.roles.of_person(linked.id):
        if appointment.role is not Role.GUEST:
            chats = await ctx.store.chats.of_dialogue(appointment.dialogue_id)
            role, city = ROLE_NAMES[appointment.role], appointment.city.name
            text = _("🔗 {who} is one person with several accounts: *{role}* of {city}.", who=who, role=role, city=city)
            await ctx.post(chats, text)


async def _check(ctx: CommandContext, owner: Person, other: Person) -> None:
    """Raise UserError if the person would speak for two cities in one dialogue."""
    mine = {each.dialogue_id: each for each in await _voices(ctx, owner)}
    for theirs in await _voices(ctx, other):
        appointment = mine.get(theirs.dialogue_id)
        if appointment and appointment.city.id != theirs.city.id:
            dialogue = await ctx.store.dialogues.get(theirs.dialogue_id)
            raise UserError(_two_cities(dialogue.name, appointment, theirs))


async def _voices(ctx: CommandContext, person: Person) -> list[Appointment]:
    """Return the appointments with which a person speaks for a city; guests do not."""
    return [each for each in await ctx.store.roles.of_person(person.id) if each.role is not Role.GUEST]


def _two_cities(dialogue: str, appointment: Appointment, theirs: Appointment) -> LazyText:
    return _(
        "In {dialogue} one account speaks for {one} and the other for {two}; one person cannot do both. A coordinator"
        " can make one of them a guest first.",
        dialogue=dialogue,
        one=appointment.city.name,
        two=theirs.city.name,
    )
