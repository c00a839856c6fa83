"""Random texts, made fast: what people may send on either messenger, and what nobody should."""

from __future__ import annotations

from html import escape
from random import Random

from bot.text.characters import units
from bot.text.telegram import Entity

TYPES = (
    *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline"),
    *("strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention"),
    *("custom_emoji", "date_time"),
)
"""Every type of `MessageEntity` (Bot API 10.1)."""
TAGS = (
    *("del", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "a", "ul", "ol", "sup", "sub", "li", "b", "i"),
    *("u", "strong", "em", "s", "strike", "code", "hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td"),
    *("caption", "pre", "span", "img", "details", "summary", "font", "mx-reply"),
)
"""Every tag that the Matrix specification allows (1.16, "m.room.message msgtypes"), and two of the past."""
PIECES = (
    *("Köln", "Indianapolis", "trees", "a", "I", "1.", "10:30", "·", ":", "@anna", "@room", "@everyone", "#trees"),
    *(
        "/vote",
        "$EUR",
        "+49 221 221-0",
        "anna@example.org",
        "https://example.org/a?b=1&c=2",
        "example.com",
        "www.köln.de",
    ),
    *("https://pаypal.com", "user@evil.org", "Mayor · Leeds: agreed", "<b>", "&amp;", "]]>", "-->", '"', "'", "`", "*"),
    *(
        "😀",
        "👩\u200d💻",
        "🇩🇪",
        "🏽",
        "e\u0301",
        "\u0301",
        "漢字",
        "שלום",
        "مرحبا",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200b",
    ),
    *("\u00a0", "\t", "\u2028", "\ud800", "\0", "\x1b", "\ufeff", "x" * 60),
)
_SPACES = (" ", " ", " ", " ", "", "  ", "\n", "\n\n")
_URLS = (
    *("https://example.org", "http://köln.de/a b", "https://good.org@evil.org/", "mailto:anna@example.org"),
    *("tel:+49221221", "tg://user?id=1", "tg://resolve?domain=x", "matrix:r/room:example.org", "javascript:alert(1)"),
    *("https://matrix.to/#/@anna:example.org", "https://matrix.to/#/#room:example.org", "ftp://example.org/a", "x", ""),
)
_ATTRIBUTES = (
    *("data-mx-color='#ff0000'", 'data-mx-bg-color="#000"', "data-mx-spoiler", "data-mx-spoiler='the \"end\"'"),
    *(
        'data-mx-maths="\\frac{a}{b}"',
        "class='language-python'",
        "start=7",
        "alt=':cat:'",
        "data-mx-emoticon",
        "title='x>y'",
    ),
)


def random_words(random: Random, most: int = 40) -> str:
    """Return words, addresses and characters that are rarely one."""
    return "".join(random.choice(PIECES) + random.choice(_SPACES) for _ in range(random.randint(0, most)))


def random_message(random: Random) -> tuple[str, list[Entity]]:
    """Return a text and entities as Telegram sends them; now and then, ranges that it never would."""
    text = random_words(random)
    size = units(text)
    return text, [_entity(random, size) for _ in range(random.randint(0, 12))]


def _entity(random: Random, size: int) -> Entity:
    type = random.choice(TYPES)
    offset = random.randint(-1, size)
    return Entity(
        type,
        offset,
        random.randint(0, min(size - offset + 1, random.choice((3, 10, 80)))),
        url=random.choice(_URLS) if type == "text_link" else "",
        language=random.choice(("", "python", 'a"><b')) if type == "pre" else "",
        user_id="4711" if type == "text_mention" else "",
        unix_time=random.randint(0, 2**33) if type == "date_time" else None,
    )


def random_html(random: Random) -> str:
    """Return Matrix HTML with all tags, often badly nested or broken."""
    pieces: list[str] = []
    opened: list[str] = []
    for _ in range(random.randint(0, 24)):
        choice = random.random()
        if choice < 0.4:
            pieces.append(escape(random_words(random, 3)))
        elif choice < 0.45:
            pieces.append(
                random.choice(("<", "</", "<!--", "&#xd800;", "&#0;", "&lt", "<a href='", "<script>x</script>", "]]>"))
            )
        elif choice < 0.8 or not opened:
            opened.append(random.choice(TAGS))
            pieces.append(_start(random, opened[-1]))
        else:
            pieces.append(f"</{opened.pop() if random.random() < 0.9 else random.choice(TAGS)}>")
    return "".join(pieces)


def _start(random: Random, tag: str) -> str:
    attributes = random.sample(_ATTRIBUTES, random.randint(0, 2)) if random.random() < 0.5 else []
    if tag == "a":
        attributes.append(f'href="{escape(random.choice(_URLS))}"')
    return f"<{' '.join([tag, *attributes])}>"
