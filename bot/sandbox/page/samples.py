"""What the attach button offers: one sample of everything that people share, German in Köln and English elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from bot.model import Quote, RichText, Span, Style, bold, rich
from bot.sandbox.page import typed
from bot.sandbox.page.shared import Shared, SharedFile, SharedPoll, SharedText
from bot.sandbox.page.views import ViewContact, ViewDice, ViewPlace
from bot.sandbox.samples import sample

_LOUDNESS = (
    *(921, 513, 148, 354, 832, 1019, 686, 232, 221, 671, 1012, 842, 359, 141, 512, 954, 958, 521, 150, 350),
    *(837, 1016, 698, 234, 219, 677, 1024, 834, 362, 143, 514, 957, 953, 512, 124, 228, 432, 390, 171, 25),
)
"""Of the voice message, as the client that recorded it would tell."""
RIVER = SharedFile("photo", "riverside.jpg", sample("photo.jpg"), "image/jpeg", width=960, height=640)
TREES = SharedFile("photo", "trees.jpg", sample("trees.jpg"), "image/jpeg", width=960, height=640)
FILM = SharedFile("video", "river.mp4", sample("video.mp4"), "video/mp4", 2, 240, 136)
_PREVIEW = sample("sticker-preview.webp")
SMILE = SharedFile("sticker", "smile.webp", sample("sticker.webp"), "image/webp", width=512, height=512, alt="😀")
SUN = SharedFile("sticker", "sun.tgs", sample("sticker.tgs"), "application/x-tgsticker", thumbnail=_PREVIEW, alt="😀")
_LINES = ("Begrüßung", "Bäume am Ufer", "Schulpartnerschaft", "Radwege", "Verschiedenes")
_PLAN = "Plan for May\n- Plant thirty trees\n- Visit the schools\nKöln: 1,200 euros\nIndianapolis: 1,300 dollars"
_PLAN_HTML = (
    "<h3>Plan for May</h3><ul><li>Plant <strong>thirty</strong> trees</li><li>Visit the schools</li></ul>"
    "<table><thead><tr><th>City</th><th>Share</th></tr></thead><tbody><tr><td>Köln</td><td>1,200 euros</td></tr>"
    "<tr><td>Indianapolis</td><td>1,300 dollars</td></tr></tbody></table>"
)
_CAPTIONS = {
    "photo": ("So soll das neue **Ufer** aussehen.", "This is what the new **riverside** could look like."),
    "album": ("Drei Eindrücke vom Rundgang", "Three impressions of our walk"),
    "hidden": ("Der Entwurf, noch nicht öffentlich", "The draft, not public yet"),
    "video": ("Der Fluss heute Morgen", "The river this morning"),
    "document": ("Die Tagesordnung", "The agenda"),
}


def caption(what: str, side: str) -> RichText:
    """Return what people write with a sample."""
    return typed.parse(_CAPTIONS[what][side == "matrix"]) if what in _CAPTIONS else ()


def _hidden(_: str) -> Shared:
    return [SharedFile("photo", "draft.jpg", sample("trees.jpg"), "image/jpeg", width=960, height=640, spoiler=True)]


def _place(side: str) -> Shared:
    if side == "telegram":
        return ViewPlace(50.9413, 6.9583, "Kölner Dom", "Domkloster 4, 50667 Köln")
    return ViewPlace(39.7684, -86.1581, "Monument Circle, Indianapolis")


def _live(_: str) -> Shared:
    return ViewPlace(50.9375, 6.9603, live=True)


def _formatted(side: str) -> Shared:
    if side == "matrix":
        return SharedText(rich(_PLAN), _PLAN_HTML)
    minutes = Quote(rich(*(f"{number}. {line}\n" for number, line in enumerate(_LINES, 1)), "Ende."), folded=True)
    secret = Span(Style.SPOILER, rich("Am Ende gibt es Kuchen."))
    return SharedText(rich(bold("Aus dem letzten Protokoll:"), minutes, "Nicht weitersagen: ", secret))


def _poll(side: str) -> Shared:
    if side == "telegram":
        return SharedPoll("Wann treffen wir uns?", ("Dienstag", "Donnerstag"))
    return SharedPoll("When shall we meet?", ("Tuesday", "Thursday"))


SAMPLES: dict[str, Callable[[str], Shared]] = {
    "photo": lambda _: [RIVER],
    "album": lambda _: [RIVER, TREES, FILM],
    "hidden": _hidden,
    "video": lambda _: [FILM],
    "note": lambda _: [SharedFile("video_note", "note.mp4", sample("note.mp4"), "video/mp4", 2, 160, 160)],
    "animation": lambda _: [SharedFile("animation", "wave.mp4", sample("animation.mp4"), "video/mp4", 2, 120, 120)],
    "voice": lambda _: [SharedFile("voice", "voice.ogg", sample("voice.ogg"), "audio/ogg", 3, waveform=_LOUDNESS)],
    "audio": lambda _: [SharedFile("audio", "bells.mp3", sample("music.mp3"), "audio/mpeg", 2)],
    "sticker": lambda _: [SMILE],
    "moving": lambda _: [SUN],
    "document": lambda _: [SharedFile("document", "agenda.pdf", sample("agenda.pdf"), "application/pdf")],
    "place": _place,
    "live": _live,
    "formatted": _formatted,
    "contact": lambda _: ViewContact("Ruth Bennett", "+1 317 555 0199"),
    "dice": lambda _: ViewDice("🎲", 0),
    "poll": _poll,
}
"""By the name that the page uses; each is called with the name of the messenger."""
