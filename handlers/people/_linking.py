"""One person, two accounts: linked only when both say so."""

from __future__ import annotations

from datetime import timedelta

from bot.codes import INCOMPLETE, issue, redeem, split_code
from bot.mentions import label
from bot.model import Role
from bot.relay import ROLE_NAMES
from bot.router import Context, Router, Where
from bot.text.catalogue import Lazy, UserError, _, lines
from storage import Appointment, Code, Person, Purpose

router = Router()

VALID = timedelta(hours=1)
"""How long a code to link is good."""


@router.command(
    "link",
    "verknuepfen",
    summary=_("joins your accounts on both messengers"),
    usage=_("[CODE]"),
    example=_("`/link`"),
    where=Where.PRIVATE,
    takes=lambda typed: bool(split_code(typed.args)[0]),
)
async def link(ctx: Context) -> None:
    """Make a code, or take the one that was made for the person's other account."""
    typed, _rest = split_code(ctx.args)
    if not ctx.args:
        await _give_code(ctx)
    elif not typed:
        raise UserError(INCOMPLETE)
    elif code := await redeem(ctx, Purpose.LINK, typed):
        await _claim(ctx, code)


async def _give_code(ctx: Context) -> None:
    code, until, _replaces = await issue(ctx, Purpose.LINK, VALID)
    others = {
        name: url
        for name, url in ctx.addresses(f"link_{code.replace('-', '')}").items()
        if name != ctx.chat.ref.messenger
    }
    rows = [
        _("Your code is `{code}`. It is good until {until}, for one account of your own.", code=code, until=until),
        _(
            "Now write to me *from your other account*, in private: `{telegram}` on Telegram, `{matrix}` on Matrix.",
            telegram=f"/link {code}",
            matrix=f"!link {code}",
        ),
        *(_("{messenger}: {url}", messenger=name.title(), url=url) for name, url in others.items()),
        _("Then I ask you here whether it was you. Give the code to nobody else."),
    ]
    await ctx.reply(lines(*rows))


async def _claim(ctx: Context, code: Code) -> None:
    """Ask the account that made the code; only it can say yes (trust: cases 10 to 14)."""
    owner = await ctx.store.people.by_account(code.account)
    if owner is None or owner.id == ctx.person.id:
        raise UserError(_("This code is for your *other* account: type it there, not here."))
    if code.claimed_by and code.claimed_by != ctx.account:
        raise UserError(_("Another account has typed this code already. Please ask for a new one with `/link`."))
    await _check(ctx, owner, ctx.person)
    await ctx.store.codes.claim(code, ctx.account)
    text = _(
        "{who} has typed your code. Is this an account of yours? If you say yes, both are one person to me: same role,"
        " same settings.",
        who=label(ctx.person, await ctx.store.people.of_person(ctx.person.id)),
    )
    await ctx.tell(
        owner.id, text, (_("yes, that is me"), "✅", f"link:yes:{code.id}"), (_("no"), "❌", f"link:no:{code.id}")
    )
    theirs = label(owner, await ctx.store.people.of_person(owner.id))
    text = _(
        "Now please confirm it where you got the code: I have asked {who} there. If that account is not yours, stop it:"
        " it would get your role and your settings.",
        who=theirs,
    )
    await ctx.reply(text, (_("stop"), "❌", f"link:no:{code.id}"))


@router.button("link")
async def confirm(ctx: Context) -> None:
    """Link the account that typed the code, or not, as the one that made it says."""
    answer, _colon, id = ctx.args.partition(":")
    code = await ctx.store.codes.get(int(id), ctx.now)
    if code is None or code.claimed_by is None:
        raise UserError(_("This question is answered already, or too old. `/link` begins anew."))
    owner = await ctx.store.people.by_account(code.account)
    other = await ctx.store.people.by_account(code.claimed_by)
    allowed = {owner} if answer == "yes" else {owner, other}
    if owner is None or other is None or ctx.person.id not in {each.id for each in allowed if each}:
        raise UserError(_("Only the person who asked for the code can answer this."))
    await ctx.store.codes.use(code, ctx.now)
    if answer == "yes":
        await _link(ctx, owner, other)
        return
    for person in {owner.id, other.id}:
        await ctx.tell(person, _("Nothing was linked, and the code is good no more."))


async def _link(ctx: Context, owner: Person, other: Person) -> None:
    if owner.id != other.id:
        await _check(ctx, owner, other)
        for held in await _better(ctx, owner, other):
            dialogue = await ctx.store.dialogues.get(held.dialogue_id)
            await ctx.store.roles.set(dialogue, owner, held.city, held.role, ctx.now)
        await ctx.store.people.link(owner, other)
        await ctx.store.audit.note(ctx.now, "link", by=ctx.account, subject=str(other.accounts[0]))
    linked = await ctx.store.people.get(owner.id)
    who = label(linked, await ctx.store.people.of_person(linked.id))
    text = _("🔗 Your accounts are one person to me now: {who}.", who=who)
    await ctx.reply(text)
    chats = [each for each in await ctx.store.chats.private(linked.id) if each.id != ctx.chat.id]
    await ctx.voice.say(ctx.store, chats, text, ctx.now)
    await _announce(ctx, linked, who)


async def _announce(ctx: Context, linked: Person, who: str) -> None:
    """Tell the dialogues in which a role now counts for one more account."""
    for held in await ctx.store.roles.of_person(linked.id):
        if held.role is not Role.GUEST:
            chats = await ctx.store.chats.of_dialogue(held.dialogue_id)
            role, city = ROLE_NAMES[held.role], held.city.name
            text = _("🔗 {who} is one person with several accounts: *{role}* of {city}.", who=who, role=role, city=city)
            await ctx.voice.say(ctx.store, chats, text, ctx.now)


async def _check(ctx: Context, owner: Person, other: Person) -> None:
    """See that nobody gets two cities' voices in one dialogue. Raises UserError."""
    mine = {each.dialogue_id: each for each in await _voices(ctx, owner)}
    for theirs in await _voices(ctx, other):
        held = mine.get(theirs.dialogue_id)
        if held and held.city.id != theirs.city.id:
            dialogue = await ctx.store.dialogues.get(theirs.dialogue_id)
            raise UserError(_two_cities(dialogue.name, held, theirs))


async def _voices(ctx: Context, person: Person) -> list[Appointment]:
    """Give the roles with which a person speaks for a city: guests do not."""
    return [each for each in await ctx.store.roles.of_person(person.id) if each.role is not Role.GUEST]


def _two_cities(dialogue: str, held: Appointment, theirs: Appointment) -> Lazy:
    return _(
        "In {dialogue} one account speaks for {one} and the other for {two}; one person cannot do both. A coordinator"
        " can make one of them a guest first.",
        dialogue=dialogue,
        one=held.city.name,
        two=theirs.city.name,
    )


async def _better(ctx: Context, owner: Person, other: Person) -> list[Appointment]:
    """Give the roles of the other account that count for more than those of the owner."""
    mine = {each.dialogue_id: each for each in await ctx.store.roles.of_person(owner.id)}

    def counts(held: Appointment) -> bool:
        own = mine.get(held.dialogue_id)
        own_role = own.role if own and own.appointed else Role.GUEST
        return held.appointed and (own is None or not own.appointed or not own_role.reaches(held.role))

    return [each for each in await ctx.store.roles.of_person(other.id) if counts(each)]
