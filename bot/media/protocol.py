"""How the worker says what it has found out: JSON, and the bytes of a thumbnail behind it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeAlias

from bot.media.model import Inspection, Thumbnail

Packed: TypeAlias = dict[str, Any]


def pack(found: Inspection) -> tuple[Packed, bytes]:
    """Return an inspection as JSON, where `size` announces how many bytes follow, and these."""
    packed, thumbnail = asdict(found), found.thumbnail
    data = packed["thumbnail"].pop("data") if thumbnail else b""
    return packed | {"size": len(data)}, data


def unpack(packed: Packed, data: bytes) -> Inspection:
    """Restore what was packed. Raises TypeError, ValueError or KeyError for anything else."""
    fields = {key: value for key, value in packed.items() if key != "size"}
    thumbnail = fields["thumbnail"]
    made = Thumbnail(data=data, **thumbnail) if thumbnail else None
    return Inspection(**fields | {"waveform": tuple(fields["waveform"]), "thumbnail": made})
