"""Names of files are harmless wherever they are stored (trust: case 56)."""

from __future__ import annotations

import pytest

from bot.messengers.filenames import file_name
from bot.model import File, FileKind


@pytest.mark.parametrize(
    ("kind", "name", "mime", "shown"),
    [
        (FileKind.DOCUMENT, "../../etc/passwd", "", "etc passwd"),
        (FileKind.DOCUMENT, "C:\\Temp\\..\\plan.pdf", "", "C_ Temp .. plan.pdf"),
        (FileKind.DOCUMENT, ".htaccess", "", "htaccess"),
        (FileKind.DOCUMENT, "nul.txt", "", "_nul.txt"),
        (FileKind.DOCUMENT, "CON", "", "_CON"),
        (FileKind.DOCUMENT, "console.log", "", "console.log"),
        (FileKind.DOCUMENT, "plan.txt:evil.exe", "", "plan_txt_evil.exe"),
        (FileKind.DOCUMENT, "invoice.pdf.exe", "", "invoice_pdf.exe"),
        (FileKind.DOCUMENT, "invoice.pdf            .exe", "", "invoice_pdf .exe"),
        (FileKind.DOCUMENT, "invoice\u202efdp.exe", "", "invoicefdp.exe"),
        (FileKind.DOCUMENT, "minutes.2026.pdf", "", "minutes.2026.pdf"),
        (FileKind.DOCUMENT, "source.tar.gz", "", "source.tar.gz"),
        (FileKind.DOCUMENT, "plan.pdf.", "", "plan.pdf"),
        (FileKind.PHOTO, "oaks.jpg.exe", "image/jpeg", "oaks_jpg_exe.jpg"),
        (FileKind.VIDEO, "tour.html", "video/mp4", "tour_html.mp4"),
        (FileKind.PHOTO, "IMG.2026.JPG", "image/jpeg", "IMG.2026.JPG"),
        (FileKind.PHOTO, "...", "image/jpeg", "photo.jpg"),
    ],
)
def test_names_are_neither_paths_nor_devices_and_tell_the_type(
    kind: FileKind, name: str, mime: str, shown: str
) -> None:
    assert file_name(File(kind=kind, source="stored:1", name=name, mime=mime)) == shown
