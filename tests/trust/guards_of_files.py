"""The guards of files, each taken away as in `guards`."""

from __future__ import annotations

import re
from collections.abc import AsyncIterable
from typing import Any

from PIL import Image

from bot.media import pictures
from bot.messengers.matrix import attachments, media
from bot.model import File
from tests.trust import test_files as files
from tests.trust.guards import instead


def _anything(chunks: AsyncIterable[bytes], _most: int) -> AsyncIterable[bytes]:
    return chunks


def _as_claimed(file: File, _head: bytes) -> File:
    return file


first_bytes_not_looked_at = instead(media, "as_it_is", _as_claimed)
downloads_without_end = instead(media, "limited", _anything)
any_size = instead(Image, "MAX_IMAGE_PIXELS", None)
any_format = instead(pictures, "FORMATS", None)
any_address = instead(attachments, "_MXC", re.compile("mxc://([^/]*)/(.*)"))

GUARDS: list[Any] = [
    (files.test_case_57_markup_that_claims_to_be_a_picture_is_a_download, first_bytes_not_looked_at),
    (files.test_case_58_what_unpacks_to_much_or_is_of_another_format_is_not_decoded, any_size),
    (files.test_case_58_what_unpacks_to_much_or_is_of_another_format_is_not_decoded, any_format),
    (files.test_case_59_a_file_ends_at_the_limit_whatever_was_said_of_its_size, downloads_without_end),
    (files.test_case_60_an_address_that_leads_elsewhere_is_not_followed, any_address, {"url": "mxc://../etc"}),
]
