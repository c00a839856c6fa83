"""`intercity export`: the news of a dialogue as files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from bot.model import Account, ChatRef, Link, bold, rich
from storage import Database
from tests.cli.test_commands import GROUP, NOW, Shell, paired, shell

__all__ = ["paired", "shell"]

DIALOGUE = "Köln – Leeds"


@pytest.fixture
def told(paired: Shell) -> Shell:
    """The two cities, with news that try to be a formula and a script."""

    async def post() -> None:
        database = Database("sqlite+aiosqlite:///data/intercity.db")
        async with database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            chat = await store.chats.by_ref(ChatRef.parse(GROUP))
            assert chat
            anna = await store.people.get_or_create(Account.parse("telegram:11"), "Anna Weber", "", NOW)
            await store.news.add(
                dialogue.id,
                chat,
                "1",
                post_id=1,
                status_id=2,
                person_id=anna.id,
                city="Köln",
                headline="=HYPERLINK(1) <script>",
                text=rich("See ", bold("<b>this</b>"), " ", Link("https://a.example/x", rich("page"))),
                attachment="",
                at=NOW,
            )
        await database.close()

    asyncio.run(post())
    return paired


def test_csv_goes_to_stdout_and_no_cell_is_a_formula(told: Shell) -> None:
    out = told("export", DIALOGUE, "news", "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline=""))
    assert row["headline"] == "'=HYPERLINK(1) <script>"
    assert (row["author"], row["city"], row["posted"]) == ("Anna Weber", "Köln", "2026-11-23T00:00:00+00:00")
    assert row["text"] == "See <b>this</b> page"


def test_json_markdown_and_html_keep_the_formatting_and_nothing_else(told: Shell, tmp_path: Path) -> None:
    (item,) = json.loads(told("export", DIALOGUE, "news", "--format", "json"))
    assert item["html"] == ('See <strong>&lt;b&gt;this&lt;/b&gt;</strong> <a href="https://a.example/x">page</a>')
    assert "## \\=HYPERLINK\\(1\\) \\<script\\>" in told("export", DIALOGUE, "news", "--format", "md")
    assert told("export", DIALOGUE, "news", "--format", "html", "-o", "news.html") == ""
    page = (tmp_path / "news.html").read_text("utf-8")
    assert "<script>" not in page
    assert "=HYPERLINK(1) &lt;script&gt;</h2>" in page
    assert "default-src 'none'" in page


def test_files_are_in_the_language_that_is_named(told: Shell) -> None:
    assert "posted;city;author" in told("export", DIALOGUE, "news", "--locale", "de")
    assert "23\\. November 2026" in told("export", DIALOGUE, "news", "--format", "md", "--locale", "de_AT")
    told(
        "export",
        DIALOGUE,
        "news",
        "--locale",
        "xx",
        code=2,
        error="'xx' is no language that I know: write one of de_DE",
    )


def test_what_cannot_be_exported_is_said(told: Shell) -> None:
    told("export", DIALOGUE, "weather", code=2, error="'weather' cannot be exported: write one of ")
    told("export", DIALOGUE, "news", "--format", "ics", code=2, error="write one of csv, md, docx, html, json")
    told("export", "Nowhere", "news", code=2, error="there is no dialogue 'Nowhere'")
    told("export", DIALOGUE, "news", "-o", "missing/news.csv", code=2, error="missing/news.csv cannot be written")
