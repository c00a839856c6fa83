"""Texts that take up much space in a Matrix event, split as the bot splits them."""

from __future__ import annotations

from bot.messengers.base import PermanentError
from bot.messengers.capabilities import CAPABILITIES
from bot.model import (
    Account,
    Author,
    Button,
    Code,
    Link,
    MessengerName,
    Post,
    Quote,
    Replace,
    RichText,
    Span,
    Style,
    rich,
)
from bot.parts import parts_of
from tests.messengers.matrix_bot import MatrixBot, ref, send, unique

ANNA = Author("Ж" * 48, "Ростов-на-Дону", "координатор", "intercity-1", 'пересылает "Ж. <Ж> & Ж" (не проверено)')
ADDRESS = "https://example.org/?" + "&".join(f"{n}=%22{n}%22" for n in range(90))
STYLES = (Style.BOLD, Style.ITALIC, Style.UNDERLINE, Style.STRIKE)

TEXTS: dict[str, RichText] = {
    "latin": rich("Lorem ipsum. " * 3000),
    "cyrillic": rich("Съешь ещё этих мягких французских булок. " * 400),
    "a single word": rich("щ" * 15_000),
    "han": rich("漢字" * 8000),
    "emoji": rich("👩‍💻🇩🇪😀" * 1500),
    "right to left": rich("שלום עולם\n" * 1500),
    "signs that html escapes": rich("<&\"'>" * 3000),
    "backslashes and line breaks": rich('\\"\n' * 5000),
    "another style for each letter": tuple(Span(STYLES[n % len(STYLES)], rich("щ")) for n in range(5000)),
    "code and quotations": tuple(Quote(rich("щ " * 20, Code("<&>"), Quote(rich("ж" * 20)))) for _ in range(300)),
    "long addresses": tuple(Link(f"{ADDRESS}&n={n}", rich(f"страница {n} ")) for n in range(200)),
}


async def parts(text: RichText, author: Author | None = ANNA) -> list[Post]:
    """Split a text as it is split for Matrix, with buttons and mentions below it."""
    buttons = tuple(Button("за ремонт моста", f"{n}\ufe0f\u20e3", f"{n}") for n in range(3))
    mentions = tuple(Account(MessengerName.MATRIX, f"@{'x' * 200}{n}:example.org") for n in range(10))
    made = await parts_of(Post(text, author, buttons, mentions), CAPABILITIES[MessengerName.MATRIX])
    return [part for _number, part in made]


async def refusals(bot: MatrixBot, room: str, posts: list[Post]) -> list[str]:
    """Send each part as a reply and replace it by itself; return the homeserver's reasons for those it rejects."""
    first, refused = "", []
    for post in posts:
        try:
            id = (await bot.messenger.deliver(send(room, post=post, reply_to=first))).id
            first = first or id
            await bot.messenger.deliver(Replace(chat=ref(room), id=id, post=post, token=unique("t")))
        except PermanentError as error:
            refused.append(str(error))
    return refused
