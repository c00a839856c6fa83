"""Play each case again without its guard: a test is only worth something if it then fails."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.model import Presence
from bot.sandbox.synapse import Synapse
from storage import Database
from tests.length import FULL
from tests.trust import guards as without
from tests.trust import (
    guards_of_action_exports,
    guards_of_agreeing,
    guards_of_agreements,
    guards_of_attending,
    guards_of_authority,
    guards_of_calendars,
    guards_of_dates,
    guards_of_documents,
    guards_of_exports,
    guards_of_feeds,
    guards_of_fetching,
    guards_of_files,
    guards_of_histories,
    guards_of_keeping,
    guards_of_links,
    guards_of_load,
    guards_of_marks,
    guards_of_matrix,
    guards_of_media,
    guards_of_names,
    guards_of_native_votes,
    guards_of_places,
    guards_of_poll_rules,
    guards_of_polls,
    guards_of_privacy,
    guards_of_proposals,
    guards_of_races,
    guards_of_reminders,
    guards_of_roundtables,
    guards_of_second_looks,
    guards_of_secrecy,
    guards_of_sizes,
    guards_of_stalls,
    guards_of_turnout,
    guards_of_voting,
)
from tests.trust import guards_of_chats as chats_without
from tests.trust import test_buttons as buttons
from tests.trust import test_codes as codes
from tests.trust import test_encryption as encryption
from tests.trust import test_identity as identity
from tests.trust import test_membership as membership
from tests.trust import test_rights as rights
from tests.trust.guards import Removal
from tests.trust.world import world_on

TESTS = Path(__file__).parent.parent
Case = Callable[..., Coroutine[Any, Any, None]]

GUARDS: list[tuple[Case, Removal] | tuple[Case, Removal, dict[str, Any]]] = [
    (identity.test_case_01_the_name_of_an_official_gives_no_rights, without.rights_by_name),
    (identity.test_case_01_the_name_of_an_official_gives_no_rights, without.commands_for_everybody),
    (identity.test_case_01_the_name_of_an_official_is_flagged, without.nobody_flagged),
    (identity.test_case_02_a_username_that_changed_hands_gives_no_rights, without.accounts_by_username),
    (identity.test_case_02_a_username_means_who_has_it_now, without.usernames_kept),
    (identity.test_case_02_a_username_means_who_has_it_now, without.accounts_by_username),
    (identity.test_case_03_bidi_controls_are_taken_out_of_names, without.invisible_signs_kept),
    (identity.test_case_04_zero_width_characters_are_taken_out_of_names, without.invisible_signs_kept),
    (
        identity.test_case_05_a_name_that_looks_like_an_officials_is_flagged,
        without.names_compared_as_written,
        {"name": "Аnnа Wеbеr"},
    ),
    (identity.test_case_06_a_name_is_one_line, without.names_as_they_come),
    (identity.test_case_07_a_long_name_is_capped, without.names_of_any_length),
    (identity.test_case_07_a_heap_of_accents_is_cut_down, without.accents_without_end),
    (identity.test_case_07_who_has_no_name_is_called_by_their_id, without.names_of_nothing, {"name": "\u200b\u2060"}),
    (identity.test_case_08_a_new_name_changes_no_rights, without.rights_by_name),
    *(
        (
            identity.test_case_09_who_writes_as_a_chat_is_nobody_who_could_command,
            without.chats_taken_for_people,
            {"author": author},
        )
        for author in (identity.ANONYMOUS, identity.CHANNEL)
    ),
    (
        identity.test_case_09_the_name_of_a_chat_is_no_officials,
        without.people_alone_flagged,
        {"author": identity.CHANNEL},
    ),
    (identity.test_case_10_a_coordinator_on_one_messenger_is_nobody_on_the_other, without.rights_by_name),
    (identity.test_case_10_accounts_are_one_only_when_both_have_said_so, without.one_side_enough),
    (identity.test_case_18_the_same_name_on_another_server_is_someone_else, without.rights_by_localpart),
    (identity.test_case_18_the_settings_name_a_whole_id, without.settings_by_localpart),
    (identity.test_case_26_a_name_calls_nobody, without.pings_in_names),
    (codes.test_case_11_a_code_to_link_is_good_once, without.both(without.codes_used_again, without.links_go_on)),
    (codes.test_case_11_a_code_to_pair_is_good_once, without.codes_used_again),
    (codes.test_case_12_a_code_to_link_is_for_whoever_typed_it_first, without.claims_forgotten),
    (codes.test_case_12_only_who_asked_for_the_code_can_say_yes, without.anybody_confirms),
    (codes.test_case_12_a_code_to_pair_serves_nobody_who_may_not_pair, without.commands_for_everybody),
    (codes.test_case_13_a_code_to_link_expires, without.codes_without_end),
    (codes.test_case_13_the_question_expires_with_the_code, without.codes_without_end),
    (codes.test_case_13_a_code_to_pair_expires, without.codes_without_end),
    (codes.test_case_13_a_newer_code_ends_the_older_one, without.older_codes_kept),
    (codes.test_case_14_who_guesses_codes_to_link_is_locked_out, without.guesses_without_end),
    (codes.test_case_14_who_guesses_codes_to_link_is_locked_out, without.the_right_code_opens),
    (codes.test_case_14_who_guesses_codes_to_link_is_locked_out, without.all_locked_out),
    (codes.test_case_14_locked_out_goes_for_the_link_under_start_too, without.guesses_without_end),
    (codes.test_case_14_who_guesses_codes_to_pair_is_locked_out, without.guesses_without_end),
    (codes.test_case_14_who_guesses_codes_to_pair_is_locked_out, without.the_right_code_opens),
    (codes.test_case_14_others_are_not_locked_out, without.all_locked_out),
    (rights.test_case_15_a_coordinator_is_nobody_in_another_dialogue, without.rights_of_any_dialogue),
    (rights.test_case_15_a_coordinator_is_nobody_in_another_dialogue, without.commands_for_everybody),
    (rights.test_case_15_a_coordinator_gives_no_roles_of_another_city, without.roles_of_every_city),
    (rights.test_case_15_a_coordinator_takes_no_chat_of_another_city_out, without.chats_of_every_city),
    (rights.test_case_15_the_code_of_one_city_appoints_nobody_in_another, without.every_code_appoints),
    (rights.test_case_15_nobody_speaks_for_two_cities, without.voices_of_two_cities),
    (rights.test_case_16_who_was_demoted_is_refused_at_the_next_command, without.grants_remembered),
    (rights.test_case_16_who_was_demoted_finds_old_buttons_without_effect, without.grants_remembered),
    (rights.test_case_16_who_is_no_admin_any_more_may_not_pair, without.commands_for_everybody),
    *(
        (rights.test_case_17_a_command_in_a_quotation_is_not_executed, without.quotations_read, {"entity": entity})
        for entity in ("blockquote", "pre")
    ),
    (rights.test_case_17_a_command_in_the_fallback_of_a_reply_is_not_executed, without.fallbacks_read),
    (rights.test_case_17_a_command_in_an_edit_is_not_executed, without.edits_read_as_messages),
    *(
        (
            rights.test_case_17_a_command_in_a_forward_is_not_executed,
            without.forwards_read_as_own_words,
            {"content": each},
        )
        for each in ({"text": "/roles"}, rights.PICTURE | {"caption": "/roles"})
    ),
    (rights.test_case_17_a_command_in_a_relayed_text_is_not_executed, without.own_words_read_on_matrix),
    (rights.test_case_17_a_command_in_a_relayed_text_is_not_executed, without.own_words_read_on_telegram),
    (membership.test_case_31_a_strangers_invitation_is_declined, chats_without.everybody_welcome),
    (membership.test_case_31_a_strangers_invitation_is_declined, chats_without.left_chats_at_home),
    (membership.test_case_31_a_strangers_invitation_is_declined, chats_without.coordinators_not_told),
    (membership.test_case_82_coordinators_are_not_flooded, chats_without.everything_told),
    (membership.test_case_32_a_foreign_group_is_left_with_a_polite_line, chats_without.everybody_welcome),
    (membership.test_case_32_a_foreign_group_is_left_with_a_polite_line, chats_without.left_after_an_hour),
    (membership.test_case_32_a_foreign_group_is_left_with_a_polite_line, chats_without.coordinators_not_told),
    (membership.test_case_32_a_group_that_the_bot_was_never_told_of_is_left_too, chats_without.nobody_turned_away),
    (membership.test_case_33_a_migration_is_followed_from_the_service_message, chats_without.moves_not_followed),
    (membership.test_case_33_a_migration_is_followed_from_the_error_of_a_delivery, chats_without.moves_not_followed),
    (membership.test_case_33_what_only_looks_like_a_migration_is_not_followed, chats_without.same_title_same_chat),
    (membership.test_case_33_a_chat_that_moves_takes_no_other_one_over, chats_without.moves_over_everything),
    (membership.test_case_33_a_private_chat_brings_the_bot_nowhere, chats_without.moves_over_everything),
    (
        membership.test_case_34_a_tombstone_by_someone_without_the_power_is_not_followed,
        chats_without.tombstones_of_everybody,
        {"sender": "@tom:test"},
    ),
    (membership.test_case_35_that_strangers_can_call_the_bot_is_said, chats_without.guest_mode_not_looked_at),
    *(
        (membership.test_case_36_that_a_chat_is_out_of_reach_is_said_to_the_others, guard, {"how": Presence.GONE})
        for guard in (
            chats_without.others_not_told,
            chats_without.coordinators_not_told,
            chats_without.chats_never_paused,
        )
    ),
    (
        membership.test_case_36_being_thrown_out_or_demoted_on_telegram_pauses_the_chat,
        chats_without.only_in_or_out,
        {"new": "member"},
    ),
    (membership.test_case_36_being_muzzled_on_matrix_pauses_the_chat, chats_without.power_not_looked_at),
    (encryption.test_case_83_an_encrypted_chat_is_asked_before_anything_crosses, chats_without.encryption_not_noted),
    (encryption.test_case_83_an_encrypted_chat_is_asked_before_it_gives_a_code, chats_without.encryption_not_noted),
    (encryption.test_case_83_only_who_asked_can_say_yes, chats_without.everybodys_yes),
    (encryption.test_case_83_nobody_says_yes_who_may_not_any_more, chats_without.everybodys_yes),
    (encryption.test_case_83_a_yes_comes_within_the_hour, chats_without.patience_without_end),
    (encryption.test_case_83_after_a_no_there_is_no_yes, chats_without.questions_kept),
    (encryption.test_case_83_a_code_of_before_the_encryption_is_good_no_more, without.older_codes_kept),
    (encryption.test_case_84_encryption_that_is_switched_on_later_is_noticed, chats_without.encryption_not_noticed),
    (
        buttons.test_case_63_forged_data_does_nothing,
        without.both(chats_without.buttons_not_looked_up, chats_without.seals_not_checked),
    ),
    (buttons.test_case_63_a_button_that_the_message_has_no_more_does_nothing, chats_without.buttons_not_looked_up),
    (buttons.test_case_63_the_button_of_another_message_does_nothing, chats_without.seals_of_any_message),
    *(
        (
            buttons.test_case_63_what_was_written_into_the_database_does_nothing,
            chats_without.seals_not_checked,
            {"key": key},
        )
        for key in (b"another installation's key", None)
    ),
    (
        buttons.test_case_64_a_button_that_is_pressed_again_does_nothing_more,
        without.both(without.codes_used_again, without.links_go_on),
    ),
    (buttons.test_case_64_a_press_that_the_messenger_tells_twice_counts_once, chats_without.events_taken_again),
    (buttons.test_case_64_a_question_is_answered_once, chats_without.questions_kept),
    *guards_of_agreeing.GUARDS,
    *guards_of_action_exports.GUARDS,
    *guards_of_agreements.GUARDS,
    *guards_of_attending.GUARDS,
    *guards_of_authority.GUARDS,
    *guards_of_names.GUARDS,
    *guards_of_matrix.GUARDS,
    *guards_of_histories.GUARDS,
    *guards_of_keeping.GUARDS,
    *guards_of_feeds.GUARDS,
    *guards_of_fetching.GUARDS,
    *guards_of_files.GUARDS,
    *guards_of_media.GUARDS,
    *guards_of_load.GUARDS,
    *guards_of_sizes.GUARDS,
    *guards_of_links.GUARDS,
    *guards_of_stalls.GUARDS,
    *guards_of_places.GUARDS,
    *guards_of_poll_rules.GUARDS,
    *guards_of_marks.GUARDS,
    *guards_of_polls.GUARDS,
    *guards_of_privacy.GUARDS,
    *guards_of_proposals.GUARDS,
    *guards_of_secrecy.GUARDS,
    *guards_of_voting.GUARDS,
    *guards_of_turnout.GUARDS,
    *guards_of_reminders.GUARDS,
    *guards_of_roundtables.GUARDS,
    *guards_of_races.GUARDS,
    *guards_of_second_looks.GUARDS,
    *guards_of_calendars.GUARDS,
    *guards_of_documents.GUARDS,
    *guards_of_exports.GUARDS,
    *guards_of_dates.GUARDS,
    *guards_of_native_votes.GUARDS,
]


def _name(entry: tuple[Any, ...]) -> str:
    case: Case = entry[0]
    return case.__name__.removeprefix("test_")


PLAYED = GUARDS if FULL else GUARDS[::3]
"""Those that are removed in this run: each test of a case runs anyway."""


@pytest.mark.parametrize("entry", PLAYED, ids=_name)
async def test_without_its_guard_the_case_fails(
    request: pytest.FixtureRequest,
    sqlite: Database,
    monkeypatch: pytest.MonkeyPatch,
    synapse: Synapse,
    entry: tuple[Any, ...],
) -> None:
    case, remove, *rest = entry
    given: dict[str, Any] = {"monkeypatch": monkeypatch, "synapse": synapse}
    needed = {"on_postgres", "tmp_path"} & inspect.signature(case).parameters.keys()
    given |= {name: request.getfixturevalue(name) for name in needed} | (rest[0] if rest else {})
    remove(monkeypatch)
    async with world_on(sqlite) as world:
        given["world"] = world
        with capture_logs() as logs, pytest.raises(AssertionError) as failure:
            await case(**{key: given[key] for key in inspect.signature(case).parameters})
    where = failure.traceback[-1].path
    assert isinstance(where, Path)
    mistakes = [each for each in logs if each["log_level"] == "error"]
    assert (where.is_relative_to(TESTS), mistakes) == (True, []), "it is the case that failed, and not the machinery"


def test_every_case_has_a_guard() -> None:
    modules = [import_module(f"tests.trust.{each.stem}") for each in Path(__file__).parent.glob("test_*.py")]
    cases = {case for each in modules for name, case in vars(each).items() if name.startswith("test_case_")}
    assert cases == {entry[0] for entry in GUARDS}
