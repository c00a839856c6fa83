from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Account, Code, Link, Mention, Moment, Pre, Quote, RichText, Span, Style, Text, bold, plain, rich
from bot.text.html import fit, parse, plain_body, render
from bot.text.html.reading import DEPTH, STYLES
from bot.text.html.tokens import TAGS
from tests.text.sizes import SIZE
from tests.text.trees import TROUBLE, ink, trees

ANNA = Account.parse("matrix:@anna:example.org")
BEN = Account.parse("telegram:4711")
URL = "https://example.org"
ITALIC, UNDERLINE, STRIKE, SPOILER = Style.ITALIC, Style.UNDERLINE, Style.STRIKE, Style.SPOILER

ROUND_TRIPS: list[tuple[RichText, str]] = [
    (rich("1 < 2 & \"x\" 'y' > 0"), "1 &lt; 2 &amp; &quot;x&quot; &#x27;y&#x27; &gt; 0"),
    (rich("a\n\nb"), "a<br><br>b"),
    (rich(bold("b"), " ", Span(ITALIC, rich("i"))), "<strong>b</strong> <em>i</em>"),
    (rich(Span(UNDERLINE, rich("u")), Span(STRIKE, rich("s"))), "<u>u</u><del>s</del>"),
    (rich(Span(SPOILER, rich("psst"))), "<span data-mx-spoiler>psst</span>"),
    (rich("run ", Code("a  <b>")), "run <code>a  &lt;b&gt;</code>"),
    (rich("a", Pre("x = 1\n  y", "py"), "b"), 'a<pre><code class="language-py">x = 1\n  y</code></pre>b'),
    (rich(Quote(rich("q", Quote(rich("r")), "s")), "t"), "<blockquote>q<blockquote>r</blockquote>s</blockquote>t"),
    (rich(Link(URL + '?a=1&b="', rich("here"))), '<a href="https://example.org?a=1&amp;b=&quot;">here</a>'),
    (rich(Link("matrix:r/a:b.org", rich("room"))), '<a href="matrix:r/a:b.org">room</a>'),
    (rich(Mention(ANNA, rich("Anna"))), '<a href="https://matrix.to/#/@anna:example.org">Anna</a>'),
    (rich("a \u00a0b\n\u00a0\u00a0c"), "a \u00a0b<br>\u00a0\u00a0c"),
]


LIST = "• a\n  b\n• c\n\n  d\n  1. e\n    f\n  g\nh"
POWERS = rich("aⁿ b", Span(ITALIC, rich("²")), " c^2k d_(a+b) e[1]")


@pytest.mark.parametrize(("tree", "html"), ROUND_TRIPS)
def test_both_ways(tree: RichText, html: str) -> None:
    assert render(tree) == html
    assert parse(html) == tree


@pytest.mark.parametrize(
    ("html", "tree"),
    [
        ("<strong>b</strong><b>c</b>", rich(bold("bc"))),
        ("<i>a</i><em>b</em>", rich(Span(ITALIC, rich("ab")))),
        ("<s>a</s><del>b</del><strike>c</strike>", rich(Span(STRIKE, rich("abc")))),
        ("<p>a</p><p>b</p>\n<div>c</div>d", rich("a\n\nb\nc\nd")),
        ("a<br>b<br/>c<BR />d", rich("a\nb\nc\nd")),
        ("a<br><div>b</div><br>c", rich("a\nb\n\nc")),
        ("<div>a<br></div>b", rich("a\nb")),
        ("  a \n\t b  <b> c</b> ", rich("a b ", bold("c"))),
        ("a<b> </b>b", rich("a", bold(" "), "b")),
        ("<h1>Title</h1>text<h3>More</h3>", rich(bold("Title"), "\ntext\n\n", bold("More"))),
        ("a<hr>b", rich("a\n———\nb")),
        ("<ul><li>a</li><li><p>b</p></li></ul>c", rich("• a\n• b\nc")),
        ("<ul><li>a<ul><li>b<ul><li>c</ul></ul><li>d</ul>", rich("• a\n  ◦ b\n    ▪ c\n• d")),
        ('<ol start="9"><li>a</li><li>b</li></ol>', rich("9. a\n10. b")),
        ("<ol start=x><li>a<li>b</ol><ol><li>c</ol>", rich("1. a\n2. b\n1. c")),
        ("<ul><li><pre>x</pre></li></ul>", rich("•", Pre("x"))),
        (
            "<table><tr><th>City</th><th>Vote</th></tr><tbody><tr><td>Köln</td><td><p>1</p>2</td></tr></table>",
            rich(Pre("City  Vote\n──────────\nKöln   1 2")),
        ),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>e", rich(Pre("a  b\nc  d"), "e")),
        ("<details><summary>S</summary>text</details>", rich(bold("S"), Quote(rich("text"), folded=True))),
        ("<details>b<summary>S</summary></details>", rich("b\n", bold("S"))),
        (
            "<details><summary>S</summary><details><summary>T</summary>c</details>d</details>e",
            rich(bold("S"), Quote(rich(bold("T"), Quote(rich("c"), folded=True), "d"), folded=True), "e"),
        ),
        ("<ul><li>a<br>b</li><li><p>c</p><p>d</p><ol><li>e<br>f</ol>g</ul>h", rich(LIST)),
        ("<pre>x<code class='language-py'>y</code></pre>", rich(Pre("xy"))),
        ("<pre><code class='language-py'>y</code>\n</pre>", rich(Pre("y", "py"))),
        ("<pre><code class='language-py'>y</code><code class='language-c'>z</code></pre>", rich(Pre("yz"))),
        ("<pre class=language-c><code class='language-py'>y</code>z</pre>", rich(Pre("yz", "c"))),
        ("a<sup>n</sup> b<sup><i>2</i></sup> c<sup>2k</sup> d<sub>a+b</sub> e<sup>[1]</sup>", POWERS),
        ("<span data-mx-maths='a_1^2 \\le \\frac{x+1}{2}'><code>x</code></span>!", rich("a₁² ≤ (x+1)/2!")),
        ("a<div data-mx-maths='\\begin{x}'><img alt=y></div>b", rich("a\n", Code("\\begin{x}"), "\nb")),
        ("<a href='ftp://example.org/a'>a</a>", rich(Link("ftp://example.org/a", rich("a")))),
        ("<kbd>a</kbd> <samp>b</samp> <tt>c</tt>", rich(Code("a"), " ", Code("b"), " ", Code("c"))),
        ("<pre><code class='language-c++ x'>a\n  b\n</code></pre>c", rich(Pre("a\n  b", "c++"), "c")),
        ("<pre>\n a<br>b <b>c</b>&lt;</pre>", rich(Pre(" a\nb c<"))),
        ("<ul><pre><li>a</pre>b</ul>", rich(Pre("a"), "b")),
        ("a <code>x\ny</code> b", rich("a", Pre("x\ny"), "b")),
        ("<code>a<br>b</code>", rich(Pre("a\nb"))),
        ("<blockquote><p>a</p><p>b</p></blockquote>c", rich(Quote(rich("a\n\nb")), "c")),
        ("<blockquote>a</blockquote><blockquote>b</blockquote>", rich(Quote(rich("a")), Quote(rich("b")))),
        ("<mx-reply><blockquote>old</blockquote></mx-reply>new", rich("new")),
        ("<script>if (a<b && '</b>') x()</script>a<STYLE>b{}</STYLE >c<!-- d > -->e<!---->f", rich("acef")),
        ('<span data-mx-spoiler="why">x</span>', rich("(why) ", Span(SPOILER, rich("x")))),
        ('<font color="#f00">a</font><span data-mx-color="#0f0">b</span>', rich("ab")),
        ('<img src="mxc://a/b" alt=":cat:" title="Cat"><img title="Dog">', rich(":cat:Dog")),
        ("x<sup>2</sup> H<sub>2</sub>O 4<sup>th</sup>", rich("x² H₂O 4th")),
        ("<a href='https://matrix.to/#/%40anna%3Aexample.org?via=x'>A</a>", rich(Mention(ANNA, rich("A")))),
        ("<a href='matrix:u/anna:example.org'>A</a>", rich(Mention(ANNA, rich("A")))),
        (
            "<a href='https://matrix.to/#/#room:example.org'>R</a>",
            rich(Link("https://matrix.to/#/#room:example.org", rich("R"))),
        ),
        ("<a href='https://matrix.to/#/@anna'>A</a>", rich(Link("https://matrix.to/#/@anna", rich("A")))),
        ("<a href='javascript:alert(1)' onclick=x>a</a><a href='/b'>b</a><a>c</a>", rich("abc")),
        ("<a href='java&#x0A;script:alert(1)'>a</a>", rich("a")),
        ("<b>a<i>b</b>c</i>", rich(bold("a", Span(ITALIC, rich("b"))), "c")),
        ("</b></p>a</div>", rich("a")),
        ("a < b <3 </ >c<", rich("a < b <3 c<")),
        ("a<b", rich("a<b")),
        ("<unknown>a</unknown><svg><text>b</text></svg>", rich("a")),
        ("&amp;lt; &#x41;&#66; &nbsp; &bogus; &#" + "9" * 5000 + ";", rich("&lt; AB \u00a0 &bogus; \ufffd")),
        ("\0\ud800", rich("\ufffd\ufffd")),
        ("", ()),
    ],
)
def test_what_matrix_may_send(html: str, tree: RichText) -> None:
    assert parse(html) == tree


@pytest.mark.parametrize(
    ("tree", "html"),
    [
        (rich("a  b \n  c\td"), "a \u00a0b<br>\u00a0\u00a0c \u00a0\u00a0\u00a0d"),
        (rich(Moment(1, "1 January")), "1 January"),
        (rich(Mention(BEN, rich("Ben"))), "Ben"),
        (rich(Link("tel:+49221221", rich("call"))), "call (tel:+49221221)"),
        (rich(Link("tel:+49221221", rich("+49 221 221"))), "+49 221 221"),
        (rich(Link("tg://resolve?domain=x", rich("x"))), "x (tg://resolve?domain=x)"),
        (rich(Link("tg://user?id=1", rich("x"))), "x"),
        (rich(Link("javascript:alert(1)", rich("x"))), "x"),
        (rich(Quote(rich("q"), folded=True)), "<blockquote>q</blockquote>"),
        (rich(Pre("x", '"><script>')), '<pre><code class="language-&quot;&gt;&lt;script&gt;">x</code></pre>'),
        (
            rich(Link("https://evil.org/?a&b", rich("good.org"))),
            'good.org (<a href="https://evil.org/?a&amp;b">https://evil.org/?a&amp;b</a>)',
        ),
    ],
)
def test_what_html_cannot_show(tree: RichText, html: str) -> None:
    assert render(tree) == html


@pytest.mark.parametrize(
    ("tree", "body"),
    [
        (rich(bold("a"), " ", Code("b"), "\nc"), "a `b`\nc"),
        (rich("a", Quote(rich("b\n\nc", Quote(rich("d")))), "e"), "a\n> b\n>\n> c\n> > d\ne"),
        (rich(Pre("x\ny", "py")), "```py\nx\ny\n```"),
        (rich("a ", Span(SPOILER, rich("b", bold("c"))), " d"), "a [spoiler] d"),
        (rich(Link(URL, rich("here")), " ", Link(URL + "/", rich("example.org"))), f"here ({URL}) example.org"),
        (rich(Span(SPOILER, rich(Link(URL, rich("here"))))), "[spoiler]"),
        (rich(Mention(ANNA, rich("Anna")), " ", Moment(1, "noon")), "Anna noon"),
        (rich(Link("https://good.org@evil.org/", rich("here"))), "here (https://evil.org/)"),
    ],
)
def test_plain_body(tree: RichText, body: str) -> None:
    assert plain_body(tree) == body


@given(trees)
def test_rendering_and_parsing_give_the_text_that_fits(tree: RichText) -> None:
    assert parse(render(tree)) == fit(tree)


@given(trees)
def test_what_fits_fits(tree: RichText) -> None:
    assert fit(fit(tree)) == fit(tree)


ALLOWED = re.compile(
    r"</?(?:strong|em|u|del|code|pre|blockquote|span|a)>|<br>|<span data-mx-spoiler>"
    r'|<code class="language-[^"<>]+">|<a href="(?:https?://|mailto:|matrix:)[^"<>\s]+">'
)


@given(trees)
def test_html_has_no_tag_that_the_specification_does_not_allow(tree: RichText) -> None:
    assert not set(ALLOWED.sub("", render(tree))) & set("<>\"'")


@given(trees)
def test_no_word_of_a_spoiler_is_in_the_body(tree: RichText) -> None:
    secret = rich(Span(SPOILER, rich(*tree, "secret", *tree)))
    assert "secret" not in plain_body(secret)


INLINE = ("b", "i", "code", "a", "span", "img", "sup", "br", "x", "!--", "script")
BLOCKS = ("pre", "blockquote", "ul", "ol", "li", "p", "div", "hr", "table", "tr", "td", "th", "mx-reply", "h1")
ELEMENTS = st.sampled_from(INLINE + BLOCKS)
PIECES = st.one_of(
    st.text(st.sampled_from(TROUBLE), max_size=5),
    ELEMENTS.map("<{}>".format),
    ELEMENTS.map("</{}>".format),
    ELEMENTS.map("<{} href='https://a.org' class=\"language-x\" data-mx-spoiler start=3".format),
    st.sampled_from(["<", ">", "<!", "</", "&", "&#", "&#0;", "&#xd800;", "&lt", '"', "=", "-->"]),
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_string_gives_a_text_that_can_be_rendered(html: str) -> None:
    tree = parse(html)
    assert parse(render(tree)) == fit(tree)


@given(st.text())
def test_escaped_text_is_text(text: str) -> None:
    assert ink(parse(render((Text(text),)))) == ink(fit((Text(text),)))


def test_elements_nest_as_deep_as_the_specification_wants() -> None:
    deep = parse("<blockquote>" * (DEPTH + 50) + "a" + "</blockquote>" * (DEPTH + 50) + "b")
    quotes = 0
    while isinstance(deep[0], Quote):
        deep, quotes = deep[0].children, quotes + 1
    assert quotes == DEPTH
    assert plain(deep) == "a"


def test_behind_very_many_tags_only_the_text_counts() -> None:
    tree = parse("<div>a</div>" * TAGS + "<script>x</script><i>last</i>")
    lines, rest = ["a"] * (TAGS // 2), " ".join(["a"] * (TAGS // 2) + ["last"])
    assert tree == (Text("\n".join([*lines, rest])),)


def test_behind_very_many_styles_only_the_text_and_its_lines_count() -> None:
    tree = parse("<b>a</b> " * STYLES + "<i>b</i> <p><a href='https://example.org'>c</a></p>d")
    assert tree[0] == bold("a")
    assert tree[-1] == Text(" b\nc\nd")


BAIT = [
    *(
        "<",
        "<a",
        "<a ",
        "<b>",
        "</b>",
        "<!--",
        "<!-- -->",
        "<![",
        "</",
        '<a b="',
        "<a b='",
        '="',
        "<a href='",
        "<script>",
    ),
    *("&", "&#", "&#9", "&amp", " ", "\n", "a ", ".a", "@", "x", "<b><i>", "<b>x</b>", "<b>a</b><i>b</i>"),
    *("<li>", "<p>", "<td>", "<i><td>", "<br>", "<pre>", "<code>\n", "<mx-reply>", "<a href=http://a.b>a.b"),
    *("<blockquote>", "<blockquote></blockquote>", "a<blockquote></blockquote>"),
]


@pytest.mark.parametrize("bait", BAIT)
def test_time_grows_with_the_length_only(bait: str) -> None:
    html = bait * (SIZE // len(bait))
    before = process_time()
    render(parse(html))
    # Some hundredths of a second; a quadratic algorithm takes many seconds.
    assert process_time() - before < 1
