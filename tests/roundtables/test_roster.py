"""Who should be invited, as it follows from roles, coordinators' invitations and deputies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model import Role
from handlers.roundtables._answers import answered, taken_back
from handlers.roundtables._choices import Response, response_by, response_in
from handlers.roundtables._roster import reconciled
from storage import Answer, Appointment, City, Invitation, Participation

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
LATER = datetime(2027, 2, 2, 12, tzinfo=UTC)
KIEL = City(1, "Kiel", "de_DE", "Europe/Berlin")
LEEDS = City(2, "Leeds", "en_GB", "Europe/London")
MAYOR, STAFF, GUEST, OTHER = 11, 12, 13, 21


def appointed(person_id: int, role: Role, city: City = KIEL) -> Appointment:
    return Appointment(1, person_id, city, role, appointed=role is not Role.GUEST)


ROSTER = [
    appointed(MAYOR, Role.MAYOR),
    appointed(STAFF, Role.STAFF),
    appointed(GUEST, Role.GUEST),
    appointed(OTHER, Role.COORDINATOR, LEEDS),
]


def invited(person_id: int, part: Participation = Participation.LISTENER, city: City = KIEL) -> Invitation:
    return Invitation(roundtable_id=7, person_id=person_id, city_id=city.id, part=part)


def with_deputy(deputy: int = STAFF) -> tuple[Invitation, Invitation]:
    """Return the invitations of a mayor and of a deputy, who has said yes."""
    mayor = replace(invited(MAYOR, Participation.SPEAKER), answer=Answer.NO, answered_at=NOW, deputy_id=deputy)
    stands_in = replace(invited(deputy), deputy_for=MAYOR, answer=Answer.YES, answered_at=NOW)
    return mayor, stands_in


def parts(invitations: dict[int, Invitation]) -> dict[int, str]:
    return {id: str(each.part) for id, each in sorted(invitations.items())}


def test_mayors_are_invited_as_speakers_staff_and_coordinators_as_listeners_guests_not_at_all() -> None:
    after = reconciled(7, ROSTER, [])
    assert parts(after) == {MAYOR: "speaker", STAFF: "listener", OTHER: "listener"}
    assert {each.answer for each in after.values()} == {Answer.OPEN}
    assert (after[MAYOR].city_id, after[OTHER].city_id) == (KIEL.id, LEEDS.id)
    assert reconciled(7, ROSTER, after.values()) == after


def test_an_answer_stays_when_the_role_changes() -> None:
    known = replace(invited(STAFF), answer=Answer.YES, answered_at=NOW)
    after = reconciled(7, [appointed(STAFF, Role.MAYOR)], [known])
    assert after[STAFF] == replace(known, part=Participation.SPEAKER)


def test_who_speaks_no_longer_has_neither_a_wish_to_nor_a_deputy() -> None:
    mayor, stands_in = with_deputy()
    mayor = replace(mayor, wishes_to_speak_at=NOW)
    after = reconciled(7, [appointed(MAYOR, Role.STAFF), appointed(STAFF, Role.STAFF)], [mayor, stands_in])
    assert parts(after) == {MAYOR: "listener", STAFF: "listener"}
    assert (after[MAYOR].deputy_id, after[MAYOR].wishes_to_speak_at, after[STAFF].deputy_for) == (None, None, None)
    assert (after[MAYOR].answer, after[STAFF].answer) == (Answer.NO, Answer.OPEN)


def test_who_has_no_role_any_more_is_not_invited_unless_a_coordinator_has_said_so() -> None:
    known = [invited(STAFF), replace(invited(GUEST), explicit=True)]
    assert parts(reconciled(7, [appointed(STAFF, Role.GUEST), appointed(GUEST, Role.GUEST)], known)) == {
        GUEST: "listener"
    }
    assert parts(reconciled(7, [], known)) == {GUEST: "listener"}


@pytest.mark.parametrize("deputy", [STAFF, GUEST])
def test_a_deputy_speaks_and_both_answers_stay(deputy: int) -> None:
    mayor, stands_in = with_deputy(deputy)
    after = reconciled(7, ROSTER, [mayor, stands_in])
    assert after[MAYOR] == mayor
    assert after[deputy] == replace(stands_in, part=Participation.SPEAKER)


def test_a_deputy_who_has_moved_to_another_city_or_has_left_stands_in_no_more() -> None:
    mayor, stands_in = with_deputy()
    for theirs, then in (([appointed(STAFF, Role.STAFF, LEEDS)], {STAFF: "listener"}), ([], {})):
        after = reconciled(7, [appointed(MAYOR, Role.MAYOR), *theirs], [mayor, stands_in])
        assert parts(after) == {MAYOR: "speaker", **then}
        assert (after[MAYOR].deputy_id, after[MAYOR].answer) == (None, Answer.OPEN), "the seat is free again"


def test_a_deputy_of_somebody_who_names_another_listens_again() -> None:
    mayor, stands_in = with_deputy()
    mayor = replace(mayor, deputy_id=GUEST)
    after = reconciled(7, ROSTER, [mayor, stands_in, replace(invited(GUEST), deputy_for=MAYOR)])
    assert parts(after) == {MAYOR: "speaker", STAFF: "listener", GUEST: "speaker", OTHER: "listener"}
    assert (after[STAFF].answer, after[STAFF].deputy_for) == (Answer.OPEN, None)


def test_nobody_stands_in_for_themself_even_after_their_accounts_were_linked() -> None:
    mayor = replace(with_deputy(MAYOR)[0], deputy_for=MAYOR)
    after = reconciled(7, ROSTER, [mayor])
    assert (after[MAYOR].deputy_id, after[MAYOR].deputy_for, after[MAYOR].answer) == (None, None, Answer.OPEN)


def test_who_was_invited_to_listen_listens_after_having_been_a_deputy() -> None:
    mayor, stands_in = with_deputy(GUEST)
    after = reconciled(7, ROSTER, [replace(mayor, deputy_id=None), replace(stands_in, explicit=True)])
    assert (after[GUEST].part, after[GUEST].explicit) == (Participation.LISTENER, True)


# Answers


def test_each_answer_replaces_the_one_before() -> None:
    mayor = with_deputy()[0]
    yes = answered(mayor, Response.YES, LATER)
    assert (yes.answer, yes.answered_at, yes.deputy_id) == (Answer.YES, LATER, None)
    speak = answered(yes, Response.SPEAK, NOW)
    assert (speak.answer, speak.answered_at, speak.wishes_to_speak_at) == (Answer.YES, LATER, NOW)
    assert answered(speak, Response.YES, LATER) == answered(speak, Response.SPEAK, LATER) == speak
    for response in (Response.NO, Response.MAYBE, Response.OPEN):
        assert answered(speak, response, LATER).wishes_to_speak_at is None
    assert answered(mayor, Response.NO, LATER) == mayor, "no is what a deputy means, too"


def test_what_is_taken_back_is_the_answer_that_was_given() -> None:
    asked = invited(MAYOR, Participation.SPEAKER)
    for response in (Response.YES, Response.NO, Response.MAYBE, Response.SPEAK):
        assert taken_back(answered(asked, response, NOW), response) == asked
    yes = answered(asked, Response.YES, NOW)
    assert taken_back(yes, Response.NO) == yes, "of two reactions the older one was taken away"
    assert taken_back(yes, Response.SPEAK) == yes
    both = answered(yes, Response.SPEAK, LATER)
    assert taken_back(both, Response.SPEAK) == yes
    assert taken_back(both, Response.YES) == both
    mayor = with_deputy()[0]
    assert taken_back(mayor, Response.NO) == mayor


@pytest.mark.parametrize(
    ("signs", "response"),
    [
        ("👍 👍🏽 👌 ✅", Response.YES),
        ("👎 👎🏿 ❌", Response.NO),
        ("🤔 🤷 🤷‍♀️ 🤷🏻‍♂️", Response.MAYBE),
        ("✋ ✋🏼 🙋 🙋‍♂️ 🖐️ ✍️ ✍", Response.SPEAK),
        ("❤️ 🎉 a", None),
    ],
)
def test_what_a_reaction_says(signs: str, response: Response | None) -> None:
    assert {response_by(each) for each in signs.split()} == {response}
    assert response_by("") is None


def test_words_of_both_languages() -> None:
    assert [response_in(each) for each in ("JA", "vielleicht", "Vertretung", "Sprechen", "no")] == [
        *(Response.YES, Response.MAYBE, Response.DEPUTY, Response.SPEAK, Response.NO)
    ]
    assert response_in("perhaps") is None
