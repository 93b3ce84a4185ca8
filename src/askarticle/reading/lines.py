"""From the lines of a document, each kept or left out for a reason, to its Article."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from askarticle.article import Article, Removed

# A title stands among so many lines, after what is above it on a page.
_TOP = 12


_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"
_BREAK_IN_CHINESE = re.compile(rf"(?<={_WIDE})\n|\n(?={_WIDE})")


class Line(NamedTuple):
    """One paragraph of a document."""

    text: str
    reason: str = ""
    """Why it isn't body, as `Removed.reason`; "" if it is."""


def unbroken(text: str) -> str:
    """A paragraph without its line breaks: spaces stand for them, beside Chinese nothing."""
    return _BREAK_IN_CHINESE.sub("", text).replace("\n", " ")


def assemble(
    lines: Iterable[Line],
    *,
    clean: bool,
    keep: Collection[int],
    title: str = "",
    author: str = "",
    date: str = "",
) -> Article:
    """The article of these lines; `keep` are numbers, from 1, of lines that stay whatever is found;
    what becomes of the others doesn't depend on them.

    The line among the first that is the title is left out, as readers show it above the text.
    """
    kept: list[str] = []
    removed: list[Removed] = []
    was_titled = False
    for number, (text, reason) in enumerate(lines, 1):
        if text == title and number <= _TOP and not was_titled:
            reason, was_titled = "title", True
        if reason and clean and number not in keep:
            removed.append(Removed(number, text, reason))
        else:
            kept.append(text)
    return Article("\n".join(kept), title=title, author=author, date=date, removed=removed)
