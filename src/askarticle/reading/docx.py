"""A Word document (.docx): its paragraphs and tables in order, and what it says of itself.

Headers, footers, notes, comments, and text that was deleted, moved away or hidden are left out;
numbers that Word makes itself aren't in the file.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.reading.archive import Archive
from askarticle.reading.lines import Line, assemble

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {
    _W + "moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",  # drawn twice
}
_WRITTEN = {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
# A row of short cells is read as one line; the cells of a page laid out as a table are paragraphs.
_ROW_CHARS = 200


def read_docx(content: bytes, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The document's article; the title is the paragraph in the style Title, or the first heading.

    Raises ReadError if it is damaged, protected or unpacks to too much.
    """
    archive = Archive(content)
    document = archive.xml("word/document.xml")
    if document is None:
        raise ReadError("it is a zip archive without a Word document's text")
    paragraphs = list(_paragraphs(document, _style_names(archive)))
    core = archive.xml("docProps/core.xml")
    title = next((text for text, style in paragraphs if style == "title"), "")
    if not title and paragraphs and paragraphs[0][1] == "heading 1":
        title = paragraphs[0][0]
    article = assemble(
        (Line(text) for text, _ in paragraphs),
        clean=clean,
        keep=keep,
        title=title or _said(core, _DUBLIN + "title"),
        author=_said(core, _DUBLIN + "creator"),
        date=_said(core, _TERMS + "created")[:10],
    )
    return article


def _style_names(archive: Archive) -> dict[str, str]:
    """The names of styles by their ids: the ids are in the language of the Word that wrote them."""
    styles = archive.xml("word/styles.xml")
    found = {}
    for style in () if styles is None else styles.iter(_W + "style"):
        name = style.find(_W + "name")
        if name is not None:
            found[style.get(_W + "styleId", "")] = name.get(_W + "val", "").lower()
    return found


def _paragraphs(document: Any, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Text and style name of each line."""
    from lxml import etree

    open_paragraphs: list[list[str]] = []
    rows: list[list[str]] = []
    walk = etree.iterwalk(document, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED or (
                tag == _W + "r" and element.find(f"{_W}rPr/{_W}vanish") is not None
            ):
                walk.skip_subtree()
            elif tag == _W + "p":
                open_paragraphs.append([])
            elif tag == _W + "tr":
                rows.append([])
            elif open_paragraphs and tag == _W + "t":
                open_paragraphs[-1].append(element.text or "")
            elif open_paragraphs and tag in _WRITTEN and element.getparent().tag == _W + "r":
                open_paragraphs[-1].append(_WRITTEN[tag])
        elif tag == _W + "p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            name = names.get(style.get(_W + "val"), "") if style is not None else ""
            for raw in "".join(open_paragraphs.pop()).split("\n"):
                if line := re.sub(r"\s+", " ", raw).strip():
                    if rows:
                        rows[-1].append(line)
                    else:
                        yield line, name
        elif tag == _W + "tr":
            cells = rows.pop()
            lines = [" | ".join(cells)] if sum(map(len, cells)) <= _ROW_CHARS else cells
            for line in filter(None, lines):
                if rows:  # a table in a table's cell
                    rows[-1].append(line)
                else:
                    yield line, ""


def _said(core: Any, tag: str) -> str:
    return "" if core is None else re.sub(r"\s+", " ", core.findtext(tag) or "").strip()
