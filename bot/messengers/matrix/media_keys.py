"""Keys of messages with files that clients use, but that the specification does not have yet."""

from __future__ import annotations

ALT = "org.matrix.msc1767.alt_text"
"""A description for people who cannot see the file (MSC3552)."""
BLURHASH = "xyz.amorgan.blurhash"
"""A blurred preview (MSC2448)."""
IS_ANIMATED = "org.matrix.msc4230.is_animated"
VOICE = "org.matrix.msc3245.voice"
AUDIO = "org.matrix.msc1767.audio"
"""Duration and waveform (MSC3246)."""
WARNING = "town.robin.msc3725.content_warning"
"""What is hidden until somebody taps on it, with a `type` (MSC3725)."""
WARNED = "town.robin.msc3725.spoiler"
SPOILER = "page.codeberg.everypizza.msc4193.spoiler"
"""The same as a flag, as other clients read it (MSC4193)."""
GIF = "fi.mau.gif"
"""Whether a video is an animation, as bridges of the mautrix family write it."""
LIKE_GIF = dict.fromkeys((GIF, "fi.mau.loop", "fi.mau.autoplay", "fi.mau.hide_controls", "fi.mau.no_audio"), True)
ROUND = "fi.mau.telegram.round_message"
"""Whether a video is a video note."""
