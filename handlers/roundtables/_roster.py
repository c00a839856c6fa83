"""Who should be invited to a roundtable, as it follows from roles, coordinators' invitations and deputies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.model import Role
from storage import Appointment, Invitation, Participation

PARTS: Mapping[Role, Participation] = {
    Role.MAYOR: Participation.SPEAKER,
    Role.STAFF: Participation.LISTENER,
    Role.COORDINATOR: Participation.LISTENER,
}
"""As what each role is invited; guests are not."""


def reconciled(roundtable_id: int, roster: Iterable[Appointment], known: Iterable[Invitation]) -> dict[int, Invitation]:
    """Return the invitations that there should be, by person, given those that are `known`.

    `roster`: the appointments in the dialogue, those of guests only as far as they are invited. Answers are kept,
    except those of a deputy who has become a listener, and of a speaker whose deputy cannot stand in any more.
    """
    appointed = {each.person_id: each for each in roster}
    before = {each.person_id: each for each in known}
    after = {}
    for id in appointed.keys() | before.keys():
        if invitation := _apart_from_deputies(roundtable_id, id, appointed.get(id), before.get(id)):
            after[id] = invitation
    for speaker in [each for each in after.values() if each.deputy_id is not None]:
        deputy = before.get(speaker.deputy_id or 0)
        if deputy and _may_stand_in(deputy, speaker, appointed.get(deputy.person_id)):
            part = Participation.SPEAKER
            after[deputy.person_id] = replace(deputy, part=part, city_id=speaker.city_id)
        else:
            after[speaker.person_id] = replace(speaker, deputy_id=None).reopened()
    return after


def _apart_from_deputies(
    roundtable_id: int, person_id: int, appointment: Appointment | None, known: Invitation | None
) -> Invitation | None:
    """Return a person's invitation as it is unless they stand in for somebody."""
    part = PARTS.get(appointment.role) if appointment else None
    if known and known.explicit:
        # Whoever was a deputy speaks no longer for that reason alone.
        part = part or Participation.LISTENER if known.deputy_for else known.part
    if part is None:
        return None
    if known is None:
        known = Invitation(roundtable_id=roundtable_id, person_id=person_id, city_id=0, part=part)
    city_id = appointment.city.id if appointment else known.city_id
    own = replace(known, part=part, city_id=city_id, deputy_for=None)
    if part is Participation.SPEAKER:
        return own
    own = replace(own, wishes_to_speak_at=None, deputy_id=None)
    return own.reopened() if known.deputy_for else own


def _may_stand_in(deputy: Invitation, speaker: Invitation, appointment: Appointment | None) -> bool:
    """Whether a deputy still takes part in the dialogue for the speaker's city, and stands in for this speaker."""
    here = appointment is not None and appointment.city.id == speaker.city_id
    return here and deputy.deputy_for == speaker.person_id != deputy.person_id
