"""Whom a coordinator cannot change: people of another city, and those named in the settings."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from storage import Appointment, Person


def own_citizen(ctx: DialogueContext, person: Person, appointment: Appointment | None) -> None:
    """Raise UserError if a person belongs to a city other than the one that the coordinator acts for."""
    if appointment and ctx.city and appointment.city.id != ctx.city.id:
        raise UserError(
            _(
                "{name} belongs to {theirs}, where only the coordinators of {theirs} can change that; you act for"
                " {yours}.",
                name=person.name,
                theirs=appointment.city.name,
                yours=ctx.city.name,
            )
        )


def not_in_settings(ctx: DialogueContext, person: Person) -> None:
    """Raise UserError if the settings name a person as a coordinator."""
    if ctx.rights.by_settings(person):
        raise UserError(
            _(
                "{name} is named as a coordinator in the settings of this bot; only its operator can change that.",
                name=person.name,
            )
        )
