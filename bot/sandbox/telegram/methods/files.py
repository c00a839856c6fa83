"""Files in calls: which file a parameter means, and getFile."""

from __future__ import annotations

from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request, not_played
from bot.sandbox.telegram.files import FormFile, StoredFile
from bot.sandbox.telegram.formats import is_jpeg, is_voice
from bot.sandbox.telegram.media import DOCUMENT, KINDS, LARGEST_DOWNLOAD, VOICE, MediaKind, store

_ATTACHED = "attach://"


def get_file(call: Call) -> Json:
    """Play getFile."""
    file = call.world.files.find(call.params["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    folder = KINDS[file.kind].folder if file.kind in KINDS else "thumbnails"
    return file.head | {"file_path": call.world.files.link(file, folder, call.world.clock())}


def chosen(call: Call, kind: MediaKind, value: object, given: Json, missing: str) -> StoredFile:
    """Return the file that `value` means: an upload, the name of one, or an id.

    `given` describes an upload; `missing` is the error when there is no such upload. What clients cannot play as a
    voice message becomes a document; a preview that is no JPEG is left out without a word. Raise ApiError.
    """
    if isinstance(value, str) and not value.startswith(_ATTACHED):
        return _known(call, kind, value)
    upload = _upload(call, value)
    if upload is None:
        raise bad_request(missing)
    if kind is VOICE and upload.size and not is_voice(upload.path):
        kind = DOCUMENT
    thumbnail = _upload(call, given.get("thumbnail"))
    return store(call.world.files, kind, upload, given, thumbnail if thumbnail and is_jpeg(thumbnail.path) else None)


def _upload(call: Call, value: object) -> FormFile | None:
    if isinstance(value, str):
        value = call.uploads.get(value.removeprefix(_ATTACHED)) if value.startswith(_ATTACHED) else None
    if not isinstance(value, FormFile):
        return None
    value.used = True
    return value


def _known(call: Call, kind: MediaKind, file_id: str) -> StoredFile:
    if "." in file_id:
        raise not_played("files by HTTP URL")
    file = call.world.files.find(file_id)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind.name:
        found = KINDS[file.kind].file_type if file.kind in KINDS else "Thumbnail"
        raise bad_request(f"can't use file of type {found} as {kind.file_type}")
    return file
