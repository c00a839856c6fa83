"""What people send with the Matrix client arrives as the specification has it."""

import base64
import hashlib

from Crypto.Cipher import AES

from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.matrix_session import RawEvent
from bot.sandbox.matrix_sharing import MatrixUpload
from bot.sandbox.samples import sample
from bot.sandbox.synapse import Synapse


async def test_files_places_threads_and_pins(synapse: Synapse) -> None:
    async with await synapse.register("sharer", "pw") as grace:
        room = await grace.create_room("Sharing")

        async def shown(event: str) -> RawEvent:
            return await grace.event(room, event)

        photo = sample("photo.jpg")
        picture = MatrixUpload("image", photo, "river.jpg", "image/jpeg", "The river", thumbnail=photo)
        root = await grace.attach(room, picture)
        content = (await shown(root))["content"]
        assert (content["msgtype"], content["body"], content["filename"]) == ("m.image", "The river", "river.jpg")
        assert await grace.download(content["info"]["thumbnail_url"]) == await grace.download(content["url"]) == photo
        await _voice_in_thread(grace, room, root)
        sticker = await grace.attach(
            room, MatrixUpload("sticker", sample("sticker.webp"), "s.webp", "image/webp", "👍")
        )
        event = await shown(sticker)
        assert (event["type"], event["content"]["body"], "msgtype" in event["content"]) == ("m.sticker", "👍", False)
        place = (await shown(await grace.locate(room, 50.9, 6.9, "Dom", thread=root)))["content"]
        assert (place["geo_uri"], place["body"]) == ("geo:50.9,6.9", "Dom")
        assert place["m.relates_to"]["is_falling_back"] is True
        for id in (root, sticker):
            await grace.pin(room, id)
        await grace.pin(room, root, pinned=False)
        assert await grace.pins(room) == [sticker]


async def _voice_in_thread(grace: HumanMatrix, room: str, root: str) -> None:
    """Send an encrypted voice message that answers within a thread, and read it as another client would."""
    data = sample("voice.ogg")
    voice = MatrixUpload(
        "voice", data, "v.ogg", "audio/ogg", info={"duration": 3000}, waveform=[0, 1024], encrypted=True
    )
    content = (await grace.event(room, await grace.attach(room, voice, thread=root, reply_to=root)))["content"]
    assert content["m.relates_to"]["m.in_reply_to"] == {"event_id": root}
    assert content["m.relates_to"]["is_falling_back"] is False
    assert content["org.matrix.msc1767.audio"] == {"duration": 3000, "waveform": [0, 1024]}
    file = content["file"]
    secret = await grace.download(file["url"])
    assert base64.b64decode(file["hashes"]["sha256"] + "=") == hashlib.sha256(secret).digest()
    key, counter = base64.urlsafe_b64decode(file["key"]["k"] + "="), base64.b64decode(file["iv"] + "==")
    assert AES.new(key, AES.MODE_CTR, nonce=counter[:8]).decrypt(secret) == data
