r"""A long text cut into parts that fit into messages."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby

from bot.model import Pre, RichText
from bot.text.addresses import misleads
from bot.text.characters import units
from bot.text.flat import Block, Flow, Look, Paragraph, Quotation, Run, changed, flatten, nest
from bot.text.links import spell_out
from bot.text.telegram import SCHEMES, length, render

_CLUSTER = 64
"""Characters that people may see as one, at most: what is longer is cut anyway."""

_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…:;][\"'»“”)]?\s|[。！？]"), re.compile(r"\s"))
"""Where to cut, best first."""


def split(text: RichText, limit: int) -> list[RichText]:
    """Cut a text into parts whose Telegram rendering has at most `limit` UTF-16 units; at least one part.

    `limit` is at least 64. White space at a cut goes; styles and blocks that are cut go on in
    the next part. A text that fits is given as it is.
    """
    if length(render(text)[0]) <= limit:
        return [text]
    blocks = spell_out(flatten(text), SCHEMES)
    solid = "".join(piece for piece, _ in _pieces(blocks))
    parts = _Cutter(_cuts(solid, limit)).cut(blocks)
    return [nest(part) for part in parts]
