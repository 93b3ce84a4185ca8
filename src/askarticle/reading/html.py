"""An HTML page: trafilatura finds the body, and the page's lines are sorted into kept and removed.

Nothing is fetched and no script is run.
"""

import re
from collections.abc import Collection
from typing import Any

from askarticle.article import Article, Removed
from askarticle.reading import dump

_BLOCKS = frozenset(
    "address article aside blockquote body br caption dd details dialog div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p "
    "pre section summary table tbody td tfoot th thead title tr ul".split()
)
_UNSEEN = ("script", "style", "noscript", "template", "svg", "head", "textarea", "iframe", "object")
_HTML = re.compile(r"<(?:!doctype html|html|head|body|article|div|p|table|meta)\b", re.IGNORECASE)
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1-24-9]|2[0-9]|3[01]|127)|x0*(?:[0-8bcef]|1[0-9a-f]|7f));", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")


def is_html(text: str) -> bool:
    """Whether a text is markup: it begins with a tag, and not far on comes one that pages have."""
    return text.lstrip("\ufeff \n\r\t").startswith("<") and _HTML.search(text[:3000]) is not None


def read_html(html: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The page's article: its visible lines, without those that aren't body (unless not `clean`).

    A page in which trafilatura finds nothing is read as a page dump.
    """
    html = _CONTROL_REFERENCE.sub(" ", html)  # trafilatura fails at them
    lines = visible_lines(html)
    everything = "\n".join(lines)
    if not clean:
        return Article(everything, title=_title_tag(html))
    import trafilatura  # half a second

    page = trafilatura.bare_extraction(html, favor_precision=True, include_comments=False)
    if page is None or not (page.text or "").strip():
        found = dump.clean(everything, keep=keep)
        return Article(
            found.text,
            title=found.title or _title_tag(html),
            date=found.date,
            removed=found.removed,
            warnings=["the page's markup shows no article: it was read as plain lines"],
        )
    body = _SPACE.sub("", page.text)
    # Trafilatura writes list items as "- item", and cells of a table as "| cell | cell |".
    body_lines = {
        _SPACE.sub("", part).removeprefix("-")
        for line in page.text.splitlines()
        for part in (line, *line.split("|"))
    }
    title = _headline(page.title or _title_tag(html), lines)
    kept: list[str] = []
    removed: list[Removed] = []
    for number, line in enumerate(lines, 1):
        bare = _SPACE.sub("", line)
        is_title = line == title and not kept
        # A short line may stand inside a sentence by chance: it must be a line of the body.
        is_body = bare in body_lines or (len(bare) >= 20 and bare in body)
        if number in keep or (is_body and not is_title):
            kept.append(line)
        else:
            removed.append(Removed(number, line, "title" if is_title else "markup"))
    return Article(
        "\n".join(kept),
        title=title,
        author=page.author or "",
        date=page.date or "",
        url=page.url or "",
        removed=removed,
    )


def _headline(page_title: str, lines: list[str]) -> str:
    """The page's title without the site's name: the longest line that the title begins with."""
    return max(
        (line for line in lines if len(line) >= 4 and page_title.startswith(line)),
        key=len,
        default=page_title,
    )


def visible_lines(html: str) -> list[str]:
    """What a reader sees of the page, a line for each block, without white space at its ends."""
    from lxml import etree

    parts: list[str] = []
    depth_unseen = 0
    for event, element in etree.iterwalk(_parsed(html), events=("start", "end", "comment", "pi")):
        if not isinstance(element.tag, str):  # a comment: only what follows it is seen
            parts.append("" if depth_unseen else _SPACE.sub(" ", element.tail or ""))
            continue
        if event == "start":
            depth_unseen += element.tag in _UNSEEN
            parts.append("\n" if element.tag in _BLOCKS else "")
            parts.append("" if depth_unseen else _SPACE.sub(" ", element.text or ""))
        else:
            depth_unseen -= element.tag in _UNSEEN
            parts.append("\n" if element.tag in _BLOCKS else "")
            parts.append("" if depth_unseen else _SPACE.sub(" ", element.tail or ""))
    return [line for raw in "".join(parts).split("\n") if (line := _SPACE.sub(" ", raw).strip())]


def _title_tag(html: str) -> str:
    return _SPACE.sub(" ", _parsed(html).findtext(".//title") or "").strip()


def _parsed(html: str) -> Any:
    import lxml.html
    from lxml import etree

    try:
        # A declared encoding in a text that is decoded already makes lxml refuse it.
        return lxml.html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", html), parser=lxml.html.HTMLParser(huge_tree=True)
        )
    except etree.ParserError:  # nothing in it
        return lxml.html.document_fromstring("<p></p>")
