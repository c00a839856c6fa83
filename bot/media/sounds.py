"""Voice messages, decoded: only in the worker."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import numpy as np
import soundfile

from bot.media.model import Inspection

SAMPLES, LOUDEST = 100, 1024
"""Numbers in a waveform, and the largest of them (MSC3246)."""
SILENCE = 0.001
"""The loudest peak, of 1, that counts as silence: what encoders add."""
LONGEST = 4 * 3600
"""Seconds of what is decoded, at most."""


def inspect_sound(data: bytes) -> Inspection:
    """Return how long a voice message (Ogg) is and how loud. Raises RuntimeError or ValueError if it is none."""
    with soundfile.SoundFile(BytesIO(data)) as sound:
        frames, rate = sound.frames, sound.samplerate
        if sound.format != "OGG" or not 0 < frames <= LONGEST * rate:
            raise ValueError(sound.format)
        number = min(SAMPLES, frames)
        ends = [frames * each // number for each in range(number + 1)]
        peaks = [_peak(sound, end - start) for start, end in pairwise(ends)]
    return Inspection(duration=frames / rate, waveform=_scaled(peaks))


def _peak(sound: soundfile.SoundFile, frames: int) -> float:
    part = sound.read(frames, dtype="float32", always_2d=True)
    peak = float(np.abs(part).max()) if part.size else 0.0
    return peak if np.isfinite(peak) else 0.0


def _scaled(peaks: list[float]) -> tuple[int, ...]:
    """Return the peaks in relation to the loudest, so that quiet messages are seen too."""
    loudest = max(peaks)
    return tuple(round(LOUDEST * peak / loudest) for peak in peaks) if loudest > SILENCE else (0,) * len(peaks)
