"""What is seen of voice messages."""

from __future__ import annotations

import pytest

from bot.media.sounds import LOUDEST, SAMPLES, inspect_sound
from tests.media.samples import picture, voice


@pytest.mark.parametrize("coding", ["OPUS", "VORBIS"])
def test_a_waveform_shows_where_it_is_loud(coding: str) -> None:
    found = inspect_sound(voice(coding=coding))
    assert found.duration == pytest.approx(2.0, abs=0.1)
    assert len(found.waveform) == SAMPLES
    assert max(found.waveform) == LOUDEST
    quiet, middle, loud = (sum(found.waveform[start : start + 30]) for start in (0, 35, 70))
    assert quiet < middle < loud


def test_a_quiet_message_is_seen_and_silence_is_flat() -> None:
    assert max(inspect_sound(voice(loud=0.01)).waveform) == LOUDEST
    assert set(inspect_sound(voice(loud=0.0)).waveform) == {0}


def test_the_shortest_has_fewer_numbers() -> None:
    assert 0 < len(inspect_sound(voice(0.0005, coding="VORBIS")).waveform) <= SAMPLES


@pytest.mark.parametrize(
    "data",
    [b"", b"OggS", voice()[:60], picture("PNG"), voice(form="WAV", coding="PCM_16")],
    ids=["nothing", "a signature", "a beginning", "a picture", "another format"],  # an Ogg stream has a random number
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises((RuntimeError, ValueError)):
        inspect_sound(data)
