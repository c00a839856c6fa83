"""What people type: the router's words, intact and mangled, with arguments from valid to absurd."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.fuzz.town import CITIES, PEOPLE

ROLES = (
    "mayor", "staff", "guest", "coordinator", "bürgermeister", "buergermeister", "Fachkraft", "GAST", "koordinator",
    "Ober-Bürgermeister", "mayr", "king", "",
)  # fmt: skip
PLACES = (*CITIES, "koeln", "KÖLN", "Cork", "Lyon", "Springfield", "Nowhere", "São Paulo", "Köln | locale: de_DE")
KEYS = (
    "locale: de_DE", "sprache: en_US", "zone: Europe/Berlin", "zeitzone: europe/berlin", "locale: xx", "zone: Mars",
    "Locale : de-AT", "locale:", "when: 2026-02-30 25:00", "wann: morgen 14 Uhr", "by: 31.12.2026", "- item", "key: v",
)  # fmt: skip
LANGUAGES = ("de", "en", "deutsch", "English", "de_AT", "klingonisch", "zz_ZZ", "xx", "en_US")
ZONES = ("Europe/Berlin", "berlin", "UTC", "Mars/Base", "Berln", "America/Indiana/Indianapolis", "../etc/passwd")
JUNK = (
    "🙂👩‍👩‍👧‍👦🏳️‍🌈", "\u202eevil\u202c", "שלום עליכם", "مرحبا", "a\0b", "\ud800", "x\udfff", "\u200b\u2060", "\u2028",
    "\x1b[31m",
    "{}", "{name}", "{0.__class__.__mro__}", "%s %d %n", "*bold* `code`", "*", "`", "\\", "\\*\\`{{", "}{", "{line0}",
    "'; DROP TABLE roles; --", '" OR 1=1', "$(reboot)", "<b>x</b><script>", "[x](http://y)", "-1", "0", "1" * 40,
    "²³", "٣", "１２", "9" * 400, "NaN", "None", "true", "/pair Köln", "!role @x mayor", " | ", "||", ":", "::", "@",
    "@@", "@ ", "-", "- ", "•", "\n\n\n", "\r\n", "\t", "’", "ß", "İ", "ﬃ", "é", "A-B-C-D", "AAAA-AAAA", "K7QF-2MXD",
    "Mayor Smith (Leeds): agreed", "Anna Weber · Köln · mayor: yes", "https://example.org/?a=b&c=d", "x" * 4000,
)  # fmt: skip
POLLS = (
    "poll What first? | - Climate | - Schools", "umfrage Was zuerst? | verfahren: zustimmung | - Klima | - Schulen",
    "poll Where? | method: single | - Park | - Hall | closes: tomorrow 14:00", "poll Order? | method: rank | - a | - b",
    "umfrage Wer? | wahl: geheim | wer: bürgermeister | quorum: 2 | - eins | - zwei | - drei", "poll X | - only one",
    "poll Y | weight: person | results: after | voters: staff | - a | - b", "poll Z | method: dice | - a | - b", "poll",
)  # fmt: skip
PARTS_OF_POLLS = (
    "publish", "veröffentlichen", "discard", "close", "schließen", "remind", "erinnern", "propose Trees",
    "method: rank", "verfahren: einzeln", "quorum: 0", "quorum: 99999999999", "closes: yesterday", "topics",
    "topics | - x | - y", "",
)  # fmt: skip
BALLOTS = (
    "1=5 2=3", "1:5, 2:0", "1=6", "1=5 1=4", "2>1", "2 > 1=3", "1>1", "1", "1 2", "1,2", "0", "13", "none", "keine", "",
    "1=٣", "1=5 " * 500, "1>" * 500, "-1", "1=-1", "1=4.5", "²=1",
)  # fmt: skip
TALK = ("Guten Tag zusammen", "Is it Thursday?", "!!!", "/", "!", "/r/x", "5/6 sind da", "/xyzzyplugh", "// 1", "! 2")


class Typist:
    """A generator of lines. `codes`: those that the bot has issued."""

    def __init__(self, random: Random, words: Sequence[str]) -> None:
        self.random = random
        self.codes: list[str] = []
        self._words = words
        self._aimed: Sequence[Callable[[], str]] = (
            self._pair, self._pair, self._pair, self._role, self._role, self._role, self._link, self._start,
            self._other, self._other, self._poll, self._poll,
        )  # fmt: skip

    def line(self, prefix: str, username: str) -> str:
        """Return a line that is more or less a command."""
        r = self.random
        text = self._pick_aimed() if r.random() < 0.8 else f"{self.word()}{self._gap()}{self._any()}"
        word, _space, rest = text.partition(" ")
        if r.random() < 0.1:
            word = self._mutilated(word)
        if r.random() < 0.06:
            word += r.choice((f"@{username}", f"@{username.lower()}", "@OtherBot", "@", "@x@y"))
        if r.random() < 0.1:
            rest += self._gap() + self._any()
        if r.random() < 0.02:
            prefix = r.choice(("/", "!", "//", "", " /", "／"))
        return f"{prefix}{word} {rest}".rstrip(" ") if rest else f"{prefix}{word}"

    def talk(self) -> str:
        return self.random.choice((*TALK, *JUNK))

    def word(self) -> str:
        return self.random.choice(self._words)

    def action(self) -> str:
        """Return what a forged button could carry."""
        name = self.random.choice(
            (
                "pair:yes",
                "unpair:yes",
                "link:yes:1",
                "approve:yes:1:2",
                "link:no:x",
                "language:de_DE",
                "settings:right",
                "dialogue:1",
                "",
                "~",
            )
        )
        return name + self.random.choice(("", "~AAAAAAAAAAA", f"~{self.random.choice(JUNK)}"))

    def _pick_aimed(self) -> str:
        return self.random.choice(self._aimed)()

    def _code(self) -> str:
        r = self.random
        if self.codes and r.random() < 0.85:
            code = r.choice(self.codes[-4:])
            return r.choice((code, code, code.lower(), code.replace("-", ""), code.replace("-", " "), code[:-1]))
        return r.choice(("AAAA-2222", "K7QF-2MXD", "12345678", "ZZZZ-ZZZZ", "0000-0000"))

    def _pair(self) -> str:
        r = self.random
        word = r.choice(("pair", "koppeln"))
        args = r.choice((r.choice(PLACES), f"{self._code()} {r.choice(PLACES)}", f"{self._code()} {r.choice(PLACES)}"))
        if r.random() < 0.15:
            args = r.choice(("yes", "ja", "JA", "", self._code()))
        for _ in range(r.choice((0, 0, 0, 1, 2))):
            args += r.choice((" | ", "\n", " ")) + r.choice(KEYS)
        return f"{word} {args}"

    def _role(self) -> str:
        r = self.random
        args = [r.choice(ROLES)]
        if r.random() < 0.75:
            args.insert(r.choice((0, 0, 0, 1)), self._target())
        return " ".join((r.choice(("role", "rolle")), *args))

    def _target(self) -> str:
        r = self.random
        human = r.choice(PEOPLE)
        id = human.account.id if human.account else "@nobody:test"
        return r.choice(
            (
                f"@{human.username or human.name}",
                f"@{human.name}",
                f"@{human.name.upper()}",
                id,
                f"@{id}",
                "@nobody",
                "@",
            )
        )

    def _link(self) -> str:
        return f"{self.random.choice(('link', 'verknüpfen', 'verknuepfen'))} {self.random.choice(('', self._code()))}"

    def _start(self) -> str:
        payload = self.random.choice(
            (
                "",
                "link",
                f"link_{self._code()}",
                "help",
                "start",
                "status",
                "doctor",
                "pair_Köln",
                "role_x",
                "_",
                "x" * 64,
            )
        )
        return f"start {payload}"

    def _poll(self) -> str:
        r = self.random
        kind = r.random()
        if kind < 0.3:
            return self.new_poll()
        if kind < 0.6:
            return f"{r.choice(('poll', 'umfrage'))} {self._number()} {r.choice(PARTS_OF_POLLS)}"
        if kind < 0.9:
            return f"{r.choice(('vote', 'stimme'))} {self._number()} {r.choice(BALLOTS)}"
        return r.choice(("polls", "umfragen", "priorities", "prioritäten"))

    def new_poll(self) -> str:
        return self.random.choice(POLLS)

    def _number(self) -> str:
        return self.random.choice(("1", "1", "1", "2", "3", "99", "0", "", *JUNK[:3]))

    def _other(self) -> str:
        r = self.random
        word = r.choice([each for each in self._words if each not in {"pair", "koppeln"}])
        if word in {"language", "sprache"}:
            return f"{word} {r.choice(LANGUAGES)}"
        if word in {"timezone", "zeitzone"}:
            return f"{word} {r.choice(ZONES)}"
        return f"{word} {r.choice(('', '', self.word()))}"

    def _any(self) -> str:
        r = self.random
        parts = [r.choice(r.choice((JUNK, JUNK, KEYS, PLACES, ROLES))) for _ in range(r.randint(0, 4))]
        return self._gap().join(parts)

    def _gap(self) -> str:
        return self.random.choice((" ", " ", " ", " | ", "\n", "  ", "\u00a0", "\t"))

    def _mutilated(self, word: str) -> str:
        r = self.random
        at = r.randrange(len(word) + 1)
        return r.choice((
            word.upper(), word.title(), word.replace("ue", "ü").replace("oe", "ö"), word.replace("ue", "ü"),
            word[:at] + word[at + 1 :], word[:at] + r.choice("abcxyzäß_-1") + word[at:], word[::-1], word + word,
            word[:at] + r.choice(JUNK) + word[at:],
        ))  # fmt: skip
