"""An HTML page: trafilatura proposes the body, the page's own lines check and complete it.

Each line that a reader sees is kept or removed. What trafilatura proposes is kept, but for menus,
dates and links at its ends; what it left out comes back where a line is prose and stands where the
body's lines stand. Nothing is fetched and no script is run.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from askarticle.article import Article, Removed
from askarticle.reading import dump
from askarticle.reading.markup import Row, rows, title_tag
from askarticle.reading.prose import BUTTON_WEIGHT, Line, weigh

_HTML = re.compile(r"<(?:!doctype html|html|head|body|article|div|p|table|meta)\b", re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_CONTROL_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[1-24-9]|2[0-9]|3[01]|127)|x0*(?:[0-8bcef]|1[0-9a-f]|7f));", re.IGNORECASE
)
# Inside the body these belong to it, as pictures may not; of their captions those do that say
# something (F1 on 90 English pages: with all of them .984, so .989).
_PARTS = frozenset("blockquote pre table li h2 h3 h4 h5 h6 dt dd".split())
_PICTURES = frozenset(("figure", "figcaption"))


def is_html(text: str) -> bool:
    """Whether a text is markup: it begins with a tag, and not far on comes one that pages have."""
    return text.lstrip("\ufeff \n\r\t").startswith("<") and _HTML.search(text[:3000]) is not None


def is_page(text: str) -> bool:
    """Whether markup is a page, not a piece of one."""
    return _PAGE.search(text[:3000]) is not None


def read_html(html: str, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The page's article: its visible lines, without those that aren't body (unless not `clean`).

    A page in which trafilatura finds nothing is read as a page dump.
    """
    html = _CONTROL_REFERENCE.sub(" ", html)  # trafilatura fails at them
    seen = rows(html)
    everything = "\n".join(row.text for row in seen)
    if not clean:
        return Article(everything, title=title_tag(html))
    import trafilatura  # half a second

    page = trafilatura.bare_extraction(html, favor_precision=True, include_comments=False)
    if page is None or not (page.text or "").strip():
        found = dump.clean(everything, keep=keep)
        return Article(
            found.text,
            title=found.title or title_tag(html),
            date=found.date,
            removed=found.removed,
            warnings=["the page's markup shows no article: it was read as plain lines"],
        )
    lines = [Line(n, row.text, True, row.in_links) for n, row in enumerate(seen, 1)]
    page_title = Line(0, page.title or title_tag(html))
    weigh([page_title, *lines])
    for line, row in zip(lines, seen, strict=True):
        if row.is_away:
            line.weight = min(line.weight, -7.0)
    run = range(*(i - 1 for i in dump.body([page_title, *lines])))
    headlines = [i - 1 for i in dump.headlines([page_title, *lines])]
    is_body = _checked(lines, seen, _completed(lines, seen, run, _proposed(seen, page.text)))
    title = _title(lines, headlines or _h1(seen), _prose(lines, is_body)) or page_title.text
    begins = (i for i, line in enumerate(lines) if is_body[i] and line.text != title)
    first = next(begins, len(lines))
    kept: list[str] = []
    removed: list[Removed] = []
    for i, (line, belongs) in enumerate(zip(lines, is_body, strict=True)):
        is_title = line.text == title and i < first
        if line.number in keep or (belongs and not is_title):
            kept.append(line.text)
        else:
            removed.append(Removed(line.number, line.text, "title" if is_title else "markup"))
    return Article(
        "\n".join(kept),
        title=title,
        author=page.author or "",
        date=page.date or "",
        url=page.url or "",
        removed=removed,
    )


def _title(lines: Sequence[Line], headlines: Sequence[int], prose: Sequence[int]) -> str:
    """The last headline before the body, else the first one; "" if there is none."""
    before = [i for i in headlines if prose and i <= prose[0]] or headlines[:1]
    return lines[before[-1]].text if before else ""


def _h1(seen: Sequence[Row]) -> list[int]:
    """The page's heading of the first rank, if it has one only."""
    found = [i for i, row in enumerate(seen) if "h1" in row.tags() and not row.is_away]
    return found if len(found) == 1 and seen[found[0]].in_links < 0.5 else []


def _proposed(seen: Sequence[Row], text: str) -> list[bool]:
    """Which lines stand in the text that trafilatura wrote."""
    body = _bare(text)
    # It writes list items as "- item", and cells of a table as "| cell | cell |".
    body_lines = {
        _bare(part).removeprefix("-")
        for line in text.splitlines()
        for part in (line, *line.split("|"))
    } - {""}
    bare = [_bare(row.text) for row in seen]
    # A short line may stand inside a sentence by chance: it must be a line of the body.
    return [line in body_lines or (len(line) >= 20 and line in body) for line in bare]


def _bare(text: str) -> str:
    """Without space, and what isn't printed, as soft hyphens: trafilatura leaves these out."""
    return "".join(char for char in text if char.isprintable() and char != " ")


def _completed(
    lines: Sequence[Line], seen: Sequence[Row], run: range, is_body: list[bool]
) -> list[bool]:
    """The body with what it lost: prose of the same kind, and the parts between its paragraphs."""
    prose = _prose(lines, is_body)
    if not prose:
        return is_body
    kinds = Counter(seen[i].kind for i in prose)
    main = _around(lines, seen, prose)
    completed = list(is_body)
    for i, (line, row) in enumerate(zip(lines, seen, strict=True)):
        if is_body[i] or row.in_links >= 0.5 or row.is_away or line.reason not in ("", "repeated"):
            continue
        is_between = prose[0] < i < prose[-1]
        if line.weight > 0 and kinds[row.kind] >= 2 and (is_between or i in run):
            completed[i] = True
        elif is_between and main in row.path:
            inside = {element.tag for element in row.path[row.path.index(main) :]}
            belongs = line.is_said if inside & _PICTURES else bool(inside & _PARTS)
            completed[i] = row.parent is main or belongs
    return completed


def _checked(lines: Sequence[Line], seen: Sequence[Row], is_body: list[bool]) -> list[bool]:
    """The body without the menus, dates, links and other articles that came with it."""
    prose = _prose(lines, is_body)
    if not prose:
        return is_body
    first, last = prose[0], prose[-1]
    main = _around(lines, seen, prose)
    own = seen[first]
    article = _outermost_article(own)
    checked = list(is_body)
    for i, (line, row) in enumerate(zip(lines, seen, strict=True)):
        if not is_body[i]:
            continue
        if not first <= i <= last:
            heads_links = i > last and i + 1 < len(seen) and seen[i + 1].in_links > 0.8
            checked[i] = not (
                line.reason in ("boilerplate", "date")
                or line.weight <= BUTTON_WEIGHT
                or row.in_links > 0.8
                or (line.weight <= 0 and (heads_links or main not in row.path))
            )
        elif line.reason in ("boilerplate", "date") and line.weight <= BUTTON_WEIGHT:
            checked[i] = not _PARTS.isdisjoint(row.tags())  # a table may list "next" and "search"
        # Another article of the page is one that is built otherwise; those of a forum are alike.
        other = _outermost_article(row)
        if None not in (article, other) and other is not article:
            checked[i] = checked[i] and row.tags()[: len(own.path)] == own.tags()
    return checked


def _prose(lines: Sequence[Line], is_body: Sequence[bool]) -> list[int]:
    """The lines of the body that are sentences; all but links if none is."""
    body = [i for i, belongs in enumerate(is_body) if belongs]
    unlinked = [i for i in body if lines[i].in_links < 0.5]
    return [i for i in body if lines[i].weight > 0] or unlinked or body


def _around(lines: Sequence[Line], seen: Sequence[Row], prose: Sequence[int]) -> Any:
    """The element that most of the body's prose stands in."""
    parents: Counter[Any] = Counter()
    for i in prose:
        parents[seen[i].parent] += len(lines[i].text)
    return parents.most_common(1)[0][0]


def _outermost_article(row: Row) -> Any:
    return next((element for element in row.path if element.tag == "article"), None)
