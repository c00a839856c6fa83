"""The parameters of a call: in the query, in a form, in JSON, in parts of which some are files."""

from __future__ import annotations

import json

from aiohttp import BodyPartReader, web

from bot.sandbox.telegram.errors import ApiError, bad_request
from bot.sandbox.telegram.files import CHUNK, Files, FormFile
from bot.sandbox.telegram.media import LARGEST_UPLOAD


async def parameters(request: web.Request, files: Files, uploads: dict[str, FormFile]) -> dict[str, object]:
    """Return the parameters of a call; files go to the disk and into `uploads` as well.

    Raise ApiError, 413 for a file that is too large; what is sent is read to its end in any case.
    """
    params: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        return params | await _json(request)
    if request.content_type != "multipart/form-data":
        return params | dict(await request.post())
    await _parts(request, files, params, uploads)
    if any(upload.size > LARGEST_UPLOAD for upload in uploads.values()):
        raise ApiError(413, "Request Entity Too Large")
    return params | uploads


async def _json(request: web.Request) -> dict[str, object]:
    try:
        body = await request.json()
    except json.JSONDecodeError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("expected an Object")
    return body


async def _parts(request: web.Request, files: Files, params: dict[str, object], uploads: dict[str, FormFile]) -> None:
    try:
        reader = await request.multipart()
    except (AssertionError, ValueError) as error:
        raise bad_request("can't parse the form") from error
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            raise bad_request("can't parse the form")
        if part.filename is None:
            params[part.name] = await part.text()
        else:
            uploads[part.name] = files.upload(part.filename)
            await _receive(part, uploads[part.name])


async def _receive(part: BodyPartReader, upload: FormFile) -> None:
    with upload.open() as file:
        while chunk := await part.read_chunk(CHUNK):
            upload.write(file, chunk, LARGEST_UPLOAD)
