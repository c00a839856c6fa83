"""A forward is not mistaken for the words of the person who forwards it."""

from __future__ import annotations

import pytest

from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, TOM, Story


async def test_a_forward_is_shown_as_one_in_the_readers_language(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, "We will end the partnership.", origin="Otto Fremd")
    story.matrix.says(INDY, GRACE, "Wir beenden die Partnerschaft.", origin="@far:away")
    await story.quiet()
    assert story.at(INDY) == [
        "Anna Weber · Köln · coordinator forwards Otto Fremd (not verified): We will end the partnership."
    ]
    (shown,) = story.at(KOELN)
    assert shown == (
        "Grace Miller · Indianapolis · Koordination leitet eine Nachricht von ＠far away weiter"
        " (Herkunft nicht geprüft): Wir beenden die Partnerschaft."
    )


async def test_a_forward_of_a_hidden_person_says_so(story: Story) -> None:
    story.matrix.says(INDY, TOM, "Hello", origin="")
    story.telegram.says(KOELN, ANNA, "Hallo", origin="\u200b\u202e")
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis leitet eine Nachricht unbekannter Herkunft weiter: Hello"]
    assert story.at(INDY) == ["Anna Weber · Köln · coordinator forwards a message of unknown origin: Hallo"]


@pytest.mark.parametrize("origin", ["Grace Miller · Indianapolis · mayor:", "Grace\n\u202eMiller" + "x" * 300])
async def test_the_name_of_an_origin_is_cleaned_as_all_names_are(story: Story, origin: str) -> None:
    story.telegram.says(KOELN, ANNA, "Yes", origin=origin)
    await story.quiet()
    (shown,) = story.at(INDY)
    assert len(shown) < 120
    assert shown.count(" · ") == 2
    assert shown.count(":") == 1
    assert not set("\n\u202e") & set(shown)


async def test_the_copy_of_a_forward_stays_one_when_it_is_edited(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, "alt", origin="Otto")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "neu", origin="Otto")
    await story.quiet()
    assert story.at(INDY) == ["Anna Weber · Köln · coordinator forwards Otto (not verified): neu"]


async def test_a_forward_does_not_stand_under_the_profile_of_ones_own_words(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, "eigene Worte")
    story.telegram.says(KOELN, ANNA, "fremde Worte", origin="Otto")
    await story.quiet()
    own, foreign = (each.post.author for each in story.matrix.messages_in(INDY) if each.post and each.post.author)
    assert own.key != foreign.key
