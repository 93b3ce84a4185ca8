"""Markup without a tree: its text, line by line, however deep or broken it is.

For pages that the parsers of trees fail at, for XML, and for books. One pass, in time linear in the
length; entities that a document declares are not known, so nothing is expanded or fetched.
"""

import re
from collections.abc import Collection
from html import unescape
from typing import NamedTuple

_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
# Up to its end tag, nothing in such an element is markup or seen.
UNSEEN = frozenset("script style noscript template svg textarea iframe object title".split())
_NAME = re.compile(r"/?([a-z][a-z0-9:-]*)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class Flat(NamedTuple):
    """What `flat_lines` found."""

    title: str
    lines: list[str]


def flat_lines(markup: str, unseen: Collection[str] = UNSEEN) -> Flat:
    """The title, and the text between the tags: a line for each block, without space around it.

    What stands in elements of these names is left out; by default what readers of HTML don't see.
    """
    parts: list[str] = []
    title = ""
    lower = markup.lower() if len(markup.lower()) == len(markup) else markup
    at, size = 0, len(markup)
    while at < size:
        opening = markup.find("<", at)
        if opening < 0:
            opening = size
        parts.append(_text(markup[at:opening]))
        if markup.startswith("<!--", opening):
            at = _after(markup, "-->", opening + 4)
        elif markup.startswith("<![CDATA[", opening):
            at = _after(markup, "]]>", opening)
            parts.append(markup[opening + 9 : at].removesuffix("]]>").replace("\n", " "))
        elif name := _NAME.match(markup, opening + 1):
            at = _after(markup, ">", opening)
            tag = name[1].lower()
            parts.append("" if tag in _INLINE else "\n")
            if tag in unseen and markup[opening + 1] != "/" and markup[at - 2] != "/":
                end = lower.find(f"</{tag}", at)
                if end < 0:
                    break
                if tag == "title" and not title:
                    title = _SPACE.sub(" ", unescape(markup[at:end])).strip()
                at = _after(markup, ">", end)
        elif markup[opening + 1 : opening + 2] in ("!", "?", "/"):
            at = _after_declaration(markup, opening)
        elif opening < size:  # no tag: a sign that a writer didn't escape
            parts.append("<")
            at = opening + 1
        else:
            at = size
    lines = "".join(parts).split("\n")
    return Flat(title, [line for raw in lines if (line := _SPACE.sub(" ", raw).strip())])


def _text(raw: str) -> str:
    return (unescape(raw) if "&" in raw else raw).replace("\n", " ").replace("\r", " ")


def _after(text: str, mark: str, start: int) -> int:
    """Where what follows `mark` begins; the end of the text if it never comes."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _after_declaration(markup: str, start: int) -> int:
    """The end of a declaration; of a document type with its entities, if it holds some."""
    end = _after(markup, ">", start)
    subset = markup.find("[", start, end)
    return end if subset < 0 else _after(markup, ">", _after(markup, "]", subset))
