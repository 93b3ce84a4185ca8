"""What a reader sees of an HTML page, line by line, and where in the markup each line stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p "
    "pre section summary table tbody td tfoot th thead title tr ul".split()
)
_INLINE = frozenset("a abbr b br code em font i mark small span strong sub sup time u".split())
_UNSEEN = frozenset("script style noscript template svg head title textarea iframe object".split())
_AWAY = ("nav", "footer", "aside", "form", "button", "select")
_SPACE = re.compile(r"\s+")
# Deeper than this no page says where it is.
_DEEPEST = 200


@dataclass(slots=True)
class Row:
    """A line that a reader sees, and its place in the page."""

    text: str
    in_links: float
    """The share of its characters that stand in links."""
    is_away: bool
    """Whether it stands in what isn't body by its nature: navigation, footer, form."""
    path: tuple[Any, ...]
    """The elements around it, from the outermost to its own block."""

    @property
    def parent(self) -> Any:
        """The element around its block; None for the outermost."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def kind(self) -> tuple[tuple[str, str], ...]:
        """Its place without its neighbours: paragraphs of one article are of one kind."""
        return tuple((element.tag, element.get("class") or "") for element in self.path)

    def tags(self) -> tuple[str, ...]:
        return tuple(element.tag for element in self.path)


@dataclass(slots=True)
class _Line:
    """A line while it is being read."""

    parts: list[str] = field(default_factory=list)
    path: tuple[Any, ...] = ()
    in_links: int = 0
    is_away: bool = False

    def row(self) -> Row | None:
        text = _SPACE.sub(" ", "".join(self.parts)).strip()
        bare = sum(len(part.strip()) for part in self.parts)
        return Row(text, self.in_links / bare, self.is_away, self.path) if bare else None


def rows(html: str) -> list[Row]:
    """The page's lines: one for each block that a reader sees text in."""
    found: list[Row] = []
    line = _Line()
    path: list[Any] = []
    unseen = links = away = 0
    for event, element in _walk(html):
        if event == "text":
            if not unseen:
                if (bare := len(element.strip())) and not line.path:
                    line.path = tuple(e for e in path[:_DEEPEST] if e.tag not in _INLINE)
                line.parts.append(element)
                line.in_links += bare * bool(links)
                line.is_away |= bool(away and bare)
            continue
        step = 1 if event == "start" else -1
        if element.tag in _BLOCKS:
            if (row := line.row()) is not None:
                found.append(row)
            line = _Line()
        unseen += step * (element.tag in _UNSEEN)
        links += step * (element.tag == "a")
        away += step * (element.tag in _AWAY)
        if event == "start":
            path.append(element)
        else:
            path.pop()
    if (row := line.row()) is not None:
        found.append(row)
    return found


def title_tag(html: str) -> str:
    """The title that the page gives itself; "" if none."""
    return _SPACE.sub(" ", parsed(html).findtext(".//title") or "").strip()


def _walk(html: str) -> Iterator[tuple[str, Any]]:
    """Each element's start and end, and between them each text, white space made one space."""
    from lxml import etree

    for event, element in etree.iterwalk(parsed(html), events=("start", "end", "comment", "pi")):
        is_element = isinstance(element.tag, str)
        if is_element:
            yield event, element
        if text := element.text if is_element and event == "start" else element.tail:
            yield "text", _SPACE.sub(" ", text)


def parsed(html: str) -> Any:
    """The page's tree, whatever its size; libxml2 cuts it at a depth of 2,048."""
    import lxml.html
    from lxml import etree

    try:
        # A declared encoding in a text that is decoded already makes lxml refuse it.
        return lxml.html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", html), parser=lxml.html.HTMLParser(huge_tree=True)
        )
    except etree.ParserError:  # nothing in it
        return lxml.html.document_fromstring("<p></p>")
