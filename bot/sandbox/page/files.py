"""The files of messages over HTTP: shown, saved or read in the browser, and sent by people from it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.page import typed
from bot.sandbox.page.shared import Aim, SharedFile
from bot.sandbox.page.sides import Side, Unwilling
from bot.sandbox.page.views import ViewFile
from bot.sandbox.page.wishes import refuse_stranger

LARGEST_UPLOAD = 51 << 20  # bytes; the messengers themselves refuse more than 50 MiB
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",  # text never becomes markup
)
HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_DOCUMENT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The policy of a document that is read in a tab of its own: no scripts, no forms, and no way to this page."""
_KINDS = {"image/png": "photo", "image/jpeg": "photo", "image/webp": "photo", "image/gif": "animation"} | {
    "video/mp4": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/ogg": "voice",
}
"""As what clients send a file of a type that somebody picks; all others go as documents."""


class SentFiles:
    """The handlers; `sides` are by name."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        """Serve the files of these messengers."""
        self._sides = sides

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/files/{side}/{id:.+}", self._download),
            web.get("/documents/{side}/{id:.+}", self._read),
            web.post("/uploads/{side}", self._upload),
        ]

    async def _download(self, request: web.Request) -> web.Response:
        """Return a file that a message carries: what the page shows with its type, all others to be saved."""
        file, data = await self._sent(request)
        how = "inline" if file.shown else "attachment"
        headers = HEADERS | {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(file.name)}"}
        kind = file.mime if file.shown else "application/octet-stream"
        return _part(request, data, headers | {"Content-Type": kind, "Accept-Ranges": "bytes"})

    async def _read(self, request: web.Request) -> web.Response:
        """Return a document that a message carries, to be read in a tab of its own."""
        file, data = await self._sent(request)
        if not file.readable:
            raise web.HTTPNotFound(headers=HEADERS)
        headers = HEADERS | {"Content-Security-Policy": _DOCUMENT}
        return web.Response(body=data, content_type="text/html", charset="utf-8", headers=headers)

    async def _upload(self, request: web.Request) -> web.Response:
        """Send the body as a file that a person picked; the query says who, where and under which name."""
        wish = request.query
        try:
            side = self._sides[request.match_info["side"]]
            person, chat = refuse_stranger(side, wish)
            mime = request.content_type
            file = SharedFile(_KINDS.get(mime, "document"), wish["name"], await request.read(), mime)
            aim = Aim(wish.get("reply_to", ""), thread=wish.get("thread", ""))
            await side.share(person, chat, [file], typed.parse(wish.get("text", "")), aim)
        except (Unwilling, KeyError) as error:
            raise web.HTTPBadRequest(text=str(error), headers=HEADERS) from error
        return web.Response(status=204, headers=HEADERS)

    async def _sent(self, request: web.Request) -> tuple[ViewFile, bytes]:
        """Return the file of a message; raise HTTPNotFound."""
        try:
            return await self._sides[request.match_info["side"]].file(request.match_info["id"])
        except (Unwilling, KeyError) as error:
            raise web.HTTPNotFound(headers=HEADERS) from error


def _part(request: web.Request, data: bytes, headers: Mapping[str, str]) -> web.Response:
    """Return the bytes that the request asks for; films and sounds are fetched in parts (RFC 9110, 14)."""
    try:
        wanted = range(len(data))[request.http_range] if "Range" in request.headers else range(0)
    except ValueError:
        wanted = range(0)
    if not wanted:
        return web.Response(body=data, headers=headers)
    part = {"Content-Range": f"bytes {wanted.start}-{wanted.stop - 1}/{len(data)}"}
    return web.Response(status=206, body=data[wanted.start : wanted.stop], headers={**headers, **part})
