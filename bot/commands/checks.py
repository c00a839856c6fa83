"""The checks of who may use a command or a button, and where; and what the others are told."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.context import CommandContext, DialogueContext
from bot.commands.router import AnyHandler, ButtonAction, Command, Handler, Where
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.voice import Choice
from storage import Dialogue, StoredMessage

NUMBERS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")


def checked_command(command: Command, handler: AnyHandler | None = None) -> Handler:
    """Return the command's handler, or another one, behind checks of place and role, which raise a polite UserError.

    An error about how it was typed gets the command's usage added.
    """

    async def run(ctx: CommandContext) -> None:
        ctx = replace(ctx, feature=command.feature)
        word = command.word_in(ctx.locale_context.locale)
        if command.where is Where.PRIVATE and not ctx.private:
            raise UserError(await _only_in_private(ctx, word))
        if command.where is Where.GROUP and ctx.private:
            raise UserError(_only_in_a_group(ctx, word))
        if command.in_dialogue:
            if ctx.dialogue is None:
                if not ctx.silent:
                    await _which_dialogue(ctx)
                return
            ctx = ctx.in_dialogue(ctx.dialogue)
        if not command.may(ctx.role, reply=ctx.is_reply, admin=bool(ctx.admin)):
            raise UserError(await _refusal(ctx, command, word))
        try:
            await (handler or command.handler)(ctx)
        except UserError as error:
            raise UserError(lines(error.text, _usage(ctx, command)) if error.usage else error.text) from None

    return run


def checked_button(button: ButtonAction, mark: str) -> Handler:
    """Return the button's handler behind checks of person, place, dialogue and role, which raise a polite UserError.

    `mark`: whom the button was made for (`Signer.mark`), or empty.
    """

    async def run(ctx: CommandContext) -> None:
        ctx = replace(ctx, feature=button.feature)
        if mark and mark not in map(ctx.signer.mark, ctx.person.accounts):
            raise UserError(_("This question is for somebody else."))
        if button.where is Where.PRIVATE and not ctx.private:
            raise UserError(_("Please answer this in private."))
        if button.where is Where.GROUP and ctx.private:
            raise UserError(_("Please answer this in the chat of your city."))
        if button.in_dialogue:
            ctx = _in_its_dialogue(ctx)
        if button.role and not ctx.role.reaches(button.role):
            raise UserError(_only_for(button.role))
        if button.check:
            await button.check(ctx)
        await button.handler(ctx)

    return run


def _in_its_dialogue(ctx: CommandContext) -> DialogueContext:
    """Return the context with its dialogue. Raises UserError if the chat has none, or has changed it since."""
    if ctx.dialogue is None:
        raise UserError(_("This chat no longer belongs to a dialogue."))
    if not _is_current(ctx.subject, ctx.dialogue):
        raise UserError(_("This question has already been answered, or is too old."))
    return ctx.in_dialogue(ctx.dialogue)


def _is_current(post: StoredMessage | None, dialogue: Dialogue) -> bool:
    """Whether a post is about the current dialogue; its chat may have joined another one since (trust: case 64)."""
    return post is None or post.dialogue_id in {None, dialogue.id}


def _only_for(role: Role) -> LazyText:
    if role is Role.COORDINATOR:
        return _("Only a coordinator can answer this.")
    if role is Role.MAYOR:
        return _("Only mayors and coordinators can answer this.")
    return _("Only staff, mayors and coordinators can answer this.")


def _usage(ctx: CommandContext, command: Command) -> LazyText:
    form = command.form_in(ctx.locale_context.locale)
    if command.example is None:
        return _("It is written like this: {form}", form=form)
    return _("It is written like this: {form}. Example: {example}", form=form, example=command.example)


def own_city(ctx: CommandContext) -> None:
    """Raise UserError if the chat belongs to a city other than the person's own."""
    ours, theirs = ctx.city, ctx.chat.city
    if ours and theirs and ours.id != theirs.id:
        raise UserError(_("This is a chat of {theirs}; you act for {ours}.", theirs=theirs.name, ours=ours.name))


async def coordinators_only(ctx: CommandContext) -> None:
    """Raise UserError, with the names of whom to ask, unless the person is a coordinator."""
    if not ctx.role.reaches(Role.COORDINATOR):
        people = await ctx.rights.coordinators(ctx.store, ctx.dialogue.id if ctx.dialogue else None)
        names = [each.name for each in people]
        only = _("Only coordinators can do this.")
        raise UserError(lines(only, _("The coordinators here are: {names}.", names=names)) if names else only)


async def _only_in_private(ctx: CommandContext, word: str) -> LazyText:
    address = ctx.addresses(word).get(ctx.chat.ref.messenger, "")
    return _(
        "`/{command}` works only in a private chat with me: open {address} and type it there.",
        command=word,
        address=address,
    )


def _only_in_a_group(ctx: CommandContext, word: str) -> LazyText:
    text = _("`/{command}` belongs in the group or room of your city: please type it there.", command=word)
    if not ctx.voice.private_can_grow(ctx.chat):
        return text
    more = _(
        "We are alone in this room, so I treat it as a private chat. If it is meant to be the room of your city,"
        " invite the people of your city first; or create a room with a name, and invite me there."
    )
    return lines(text, more)


async def _which_dialogue(ctx: CommandContext) -> None:
    """Ask which of several dialogues is meant. Raises UserError if there is none."""
    if not ctx.dialogues:
        if ctx.private:
            raise UserError(
                _("You do not take part in a dialogue yet: please write something in the chat of your city first.")
            )
        raise UserError(
            _("This chat does not belong to a dialogue yet. `/pair CITY` makes a code with which it can join one.")
        )
    choices = [
        Choice(_("{dialogue}", dialogue=each.name), sign, f"dialogue:{each.id}")
        for each, sign in zip(ctx.dialogues, NUMBERS, strict=False)
    ]
    await ctx.reply(_("You take part in several dialogues. Which one do you mean?"), *choices)


async def _refusal(ctx: CommandContext, command: Command, word: str) -> LazyText:
    """Return a text that says who may use the command and whom to ask."""
    needed = command.needed(reply=ctx.is_reply)
    if command.admins and ctx.admin is None and not ctx.private:
        return _("I could not find out whether you are an administrator of this chat. Please try again in a moment.")
    if command.admins:
        return _("`/{command}` is for coordinators and for the administrators of this chat.", command=word)
    if needed is not Role.COORDINATOR:
        return _("`/{command}` is for staff, mayors and coordinators.", command=word)
    people = await ctx.rights.coordinators(ctx.store, ctx.dialogue.id if ctx.dialogue else None)
    if not people:
        return _("`/{command}` is for coordinators.", command=word)
    return _(
        "`/{command}` is for coordinators. The coordinators here are: {names}.",
        command=word,
        names=[each.name for each in people],
    )
