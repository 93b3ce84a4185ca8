"""The article: a clean text, and what is known about it.

It doesn't read or clean anything; `askarticle.read` does.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

# Half of a UTF-16 pair is no character: tokenizers, UTF-8 and browsers refuse it. One character
# takes its place, so every offset stays as it was.
_LONE_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def without_surrogates(text: str) -> str:
    """`text` with each lone surrogate replaced by U+FFFD; the length stays the same."""
    try:
        text.encode()  # refuses them, and takes a fiftieth of the time of translating
    except UnicodeEncodeError:
        return text.translate(_LONE_SURROGATES)
    return text


class Removed(NamedTuple):
    """A line of the source that is not in the article's text."""

    number: int
    """Line number in the source, from 1; of HTML only the lines that a reader sees count, of PDF,
    Word, EPUB and Markdown the paragraphs."""
    line: str
    reason: str
    """One word: "title", "repeated", "date", "menu", "headline", "boilerplate", "markup", "header"
    or "footer"."""


@dataclass(frozen=True, slots=True)
class Article:
    """A text to ask questions about.

    `text` is taken exactly as it is (lone surrogates apart): every offset of a passage or a mark
    counts its characters.
    """

    text: str
    title: str = ""
    source: str = ""
    """Where it was read from: a path or URL; "" for a text given directly."""
    author: str = ""
    date: str = ""
    """As the source writes it, or ISO 8601."""
    url: str = ""
    removed: list[Removed] = field(default_factory=list)
    """What cleaning took out of the source, in its order."""
    warnings: list[str] = field(default_factory=list)
    """What the reader of the source had to guess or repair, one sentence each."""
    digest: str = ""
    """SHA-256 of the source's bytes and of how they were read; "" for a text given directly."""

    def __post_init__(self) -> None:
        for name in ("text", "title", "source", "author", "date", "url"):
            object.__setattr__(self, name, without_surrogates(getattr(self, name)))

    @property
    def name(self) -> str:
        """What to call it: the title, else the source, else its first words."""
        return self.title or self.source or self.text.strip()[:30]
