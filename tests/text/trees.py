"""Rich texts for property tests: every kind of node, and awkward characters."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.model import Account, Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text, plain

TROUBLE = (
    "ab .:·•\n\n  \t\r<>&\"'@/_*`│"
    "\u00a0\u2028\u0085\0\x1b\ud800\udc00"
    "ä\u0301漢😀👩\u200d💻🇩🇪🏽"
    "\u202e\u202c\u2066\u2069\u200b"
)
URLS = (
    "https://example.org",
    "https://example.org/a?b=1&c=2#d",
    "http://köln.de/",
    "mailto:anna@example.org",
    "tel:+49221221",
    "tg://resolve?domain=x",
    "tg://user?id=1",
    "matrix:r/room:example.org",
    "javascript:alert(1)",
    "no address",
)
ACCOUNTS = tuple(map(Account.parse, ("telegram:4711", "matrix:@anna:example.org", "matrix:@a/b?c:example.org")))

characters = st.text(st.sampled_from(TROUBLE), max_size=12) | st.sampled_from(
    ["https://example.org", "example.com", "Mayor · Leeds: agreed", "word " * 30, "x" * 90, "\n\n", "a  b"]
)
leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Text, characters),
    st.builds(Code, characters),
    st.builds(Moment, st.integers(0, 2**33), characters),
    st.builds(Pre, characters, st.sampled_from(["", "python", "c++", 'a"<b'])),
)


def _branches(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    texts = st.lists(children, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Span, st.sampled_from(Style), texts),
        st.builds(Link, st.sampled_from(URLS), texts),
        st.builds(Mention, st.sampled_from(ACCOUNTS), texts),
        st.builds(Quote, texts, st.booleans()),
    )


nodes = st.recursive(leaves, _branches, max_leaves=8)
trees: st.SearchStrategy[RichText] = st.lists(nodes, max_size=4).map(tuple)


def ink(text: RichText | str) -> str:
    """Return the characters of a text without white space."""
    return "".join((text if isinstance(text, str) else plain(text)).split())
