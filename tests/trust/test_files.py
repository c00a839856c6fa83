"""Files: what others say of them is never believed (cases 57 to 60)."""

from __future__ import annotations

from io import BytesIO

import pytest
from aiohttp import web
from PIL import Image, UnidentifiedImageError

from bot.media.pictures import inspect_picture
from bot.messengers.base import PermanentError, Reason
from bot.messengers.matrix.attachments import Address, Secret
from bot.messengers.matrix.files import described
from bot.messengers.matrix.media import Media
from bot.model import File, FileKind
from bot.sandbox.telegram.images import png
from tests.messengers.test_matrix_media import ADDRESS, body, fetched, homeserver, opener

SVG = b"\xef\xbb\xbf\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PICTURE = File(kind=FileKind.PHOTO, source="stored:1", name="market.png", mime="image/png")
DOWNLOAD = "/_matrix/client/v1/media/download/example.org/abc123"


async def test_case_57_markup_that_claims_to_be_a_picture_is_a_download() -> None:
    types: list[str] = []

    async def upload(request: web.Request) -> web.Response:
        types.append(request.headers["Content-Type"])
        return web.json_response({"content_uri": ADDRESS.mxc})

    async with homeserver({"/_matrix/media/v3/upload": upload}, method="POST") as media:
        uploaded = await media.upload("t1", PICTURE, opener(SVG), encrypted=False)
    content = described(uploaded)
    binary = "application/octet-stream"
    assert (types, content["msgtype"], content["info"]["mimetype"]) == ([binary], "m.file", binary)


def test_case_58_what_unpacks_to_much_or_is_of_another_format_is_not_decoded() -> None:
    """In the worker: nothing of it costs more than its preview (`media/test_process.py`)."""
    assert not _is_decoded(png(10_000, 6_000))
    tiff = BytesIO()
    Image.new("RGB", (30, 20)).save(tiff, "TIFF")
    assert not _is_decoded(tiff.getvalue())


def _is_decoded(picture: bytes) -> bool:
    try:
        inspect_picture(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, UnidentifiedImageError):
        return False
    return True


async def test_case_59_a_file_ends_at_the_limit_whatever_was_said_of_its_size() -> None:
    async with homeserver({DOWNLOAD: body(bytes(1001))}) as media:
        media.limit = 1000
        assert await _refused(media) is Reason.TOO_LARGE


@pytest.mark.parametrize("url", ["mxc://../etc", "mxc://example.org/../x", "mxc://example.org/a/b", "mxc://a/b?c"])
async def test_case_60_an_address_that_leads_elsewhere_is_not_followed(url: str) -> None:
    sealed = Address("example.org", "abc123", Secret(), bytes(32)).content()["file"]
    found = [Address.of({"url": url}), Address.of({"file": sealed | {"url": url}})]
    assert found == [None, None]


async def _refused(media: Media) -> Reason | None:
    try:
        await fetched(media)
    except PermanentError as error:
        return error.reason
    return None
