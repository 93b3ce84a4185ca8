"""Markup that may be hostile: read where it can be stopped, and without a tree if need be.

Ordinary pages are read at once. One that is large or has a giant tag goes to a child process; if
that is stopped, or the page is deeper than parsers follow, its text is taken line by line, with a
warning.
"""

import math
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.reading import dump
from askarticle.reading.child import TooComplex, read_in_child
from askarticle.reading.flat import Flat, flat_lines
from askarticle.reading.html import read_html
from askarticle.reading.markdown import read_markdown
from askarticle.reading.markup import parsed

MAX_SECONDS = 8.0
"""How long a page may take; where it isn't enough, as long again for reading it line by line."""

# Within these, trafilatura took at most 3 s. A tag's attributes take lxml time by their square:
# 6,000 0.6 s, 19,000 8 s. Of 124 pages of news sites, 20 are beyond one of these bounds.
_MANY_CHARS = 1_000_000
_MANY_TAGS = 20_000
_MANY_ATTRIBUTES = 6_000
_BETWEEN_ATTRIBUTES = re.compile(r"""[\s"'/]""")
# The parser of Markdown takes time by the square of the brackets: 50,000 0.7 s, 200,000 11 s.
_MANY_MARKED_CHARS = 50_000
# Deeper than this, trafilatura loses the text (from 260) and libxml2 cuts it (at 2,048).
_MAX_DEPTH = 200


def read_markup(
    html: str,
    *,
    clean: bool = True,
    keep: Collection[int] = (),
    seconds: float = MAX_SECONDS,
) -> Article:
    """The page's article, as `read_html` gives it, or from its plain lines with a warning.

    Raises ReadError within twice `seconds` if the page is too complex for both.
    """
    if (
        len(html) <= _MANY_CHARS
        and max(map(html.count, "<>")) <= _MANY_TAGS
        and _attributes(html) <= _MANY_ATTRIBUTES
    ):
        return read_as_tree(html.encode(), clean=clean, keep=keep)
    for reader in ("guard:read_as_tree", "guard:read_flat"):
        with suppress(TooComplex):
            return read_in_child(reader, html.encode(), clean=clean, keep=keep, seconds=seconds)
    raise ReadError(f"its markup is too complex: reading it takes more than {2 * seconds:g} s")


def read_marked(
    text: str,
    *,
    clean: bool = True,
    keep: Collection[int] = (),
    seconds: float = MAX_SECONDS,
) -> Article:
    """The article of a Markdown text; if `seconds` aren't enough, it is taken as plain."""
    if len(text) <= _MANY_MARKED_CHARS:
        return read_markdown(text, clean=clean, keep=keep)
    content = text.encode()
    try:
        return read_in_child("guard:read_marks", content, clean=clean, keep=keep, seconds=seconds)
    except TooComplex:
        found = dump.clean(text, keep=keep)
        warning = "its Markdown is too complex: it was read as plain text"
        return Article(found.text, found.title, removed=found.removed, warnings=[warning])


def read_marks(content: bytes, *, clean: bool, keep: Collection[int]) -> Article:
    """In the child: a Markdown text of any size."""
    return read_markdown(content.decode(), clean=clean, keep=keep)


def read_xml(text: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """An XML file that is no web page: its text, without tags. Nothing in it is expanded."""
    return read_in_child("guard:read_tagged", text.encode(), clean=clean, keep=keep)


def read_tagged(content: bytes, *, clean: bool, keep: Collection[int]) -> Article:
    """In the child: the text of an XML file; what HTML hides, as titles, is text in it."""
    warning = "it is XML: its text was read without the tags"
    return _from_lines(flat_lines(content.decode(), unseen=()), warning, clean, keep)


def read_as_tree(content: bytes, *, clean: bool, keep: Collection[int]) -> Article:
    """As `read_html`, if the page isn't too deep. May hang on a hostile one that is large."""
    html = content.decode()
    if _depth(html) > _MAX_DEPTH:
        return read_flat(content, clean=clean, keep=keep)
    return read_html(html, clean=clean, keep=keep)


def read_flat(content: bytes, *, clean: bool, keep: Collection[int]) -> Article:
    """A page from its plain lines, cleaned as a page saved as text is."""
    warning = "its markup is too deep or too large for a parser: it was read as plain lines"
    return _from_lines(flat_lines(content.decode()), warning, clean, keep)


def _from_lines(flat: Flat, warning: str, clean: bool, keep: Collection[int]) -> Article:
    text = "\n".join(flat.lines)
    article = Article(text, title=flat.title, warnings=[warning])
    if not clean:
        return article
    found = dump.clean(text, keep=keep)
    return replace(
        article,
        text=found.text,
        title=found.title or flat.title,
        date=found.date,
        removed=found.removed,
    )


def _attributes(html: str) -> float:
    """At most how many attributes one tag would have that takes as long as all tags do."""
    tags = (tag for tag in _tags(html) if len(tag) > _MANY_ATTRIBUTES / 10)
    return math.hypot(*(len(_BETWEEN_ATTRIBUTES.findall(tag)) for tag in tags))


def _tags(html: str) -> Iterator[str]:
    """The markup cut behind each tag, and not at a ">" that may stand in a quoted value.

    It may where the last quote before it follows a "=". That is told by what is near, for where
    scripts and comments end depends on the parser: a tag is joined to what isn't its rather than
    cut. Of long values the inside may be left out.
    """
    parts: list[str] = []
    opened: set[str] = set()
    for piece in html.split(">"):
        if opened and not any(quote in piece for quote in opened):
            yield piece  # within a value, or else not a part of the tag before it
        else:
            parts.append(piece)
        for quote in "\"'":
            before, found, _ = piece.rpartition(quote)
            if found:
                (opened.add if before.rstrip().endswith("=") else opened.discard)(quote)
        if not opened:
            yield "".join(parts)
            parts = []
    yield "".join(parts)


def _depth(html: str) -> int:
    """How deep the tree is that a parser makes of the page: it measures, for tags can be forged."""
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(parsed(html), events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
