"""A PDF with a text layer: its lines joined to paragraphs; running heads and page numbers apart.

Pictures aren't read: a scanned page has no words here. Runs in a child process, because PDFium is
native code that may crash, hang or take all memory on a hostile file, and knows no threads.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Any

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.reading.lines import Line, assemble, unbroken

MAX_PAGES = 2_000
"""The most pages that are read: a longer file is refused, as no article."""

# Heads and feet stand in this share of a page, at its top and bottom.
_MARGIN = 0.12
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|第)?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*页?\s*(?:(?:of|/|共)\s*\d{1,4}\s*页?)?)\W*",
    re.IGNORECASE,
)
_WIDE = r"[\u2e80-\u9fff\uff00-\uffef]"
_ENDS_SENTENCE = re.compile(r"[。！？!?.…:：;；][”’\"'」』）)\]]*$")
_BULLET = re.compile(r"[•▪●◦‣■□➢]\s*\S")
_ITEM = re.compile(
    r"[·*–-]\s*\S|\(?\d{1,3}[.)、）](?!\d)\s*\S|[（(]?[一二三四五六七八九十]{1,3}[、)）]\s*\S"
)
# A title is set larger than the text, and one that a program made up isn't on the page.
_TITLE_SIZE = 1.2
_TITLE_AMONG, _TITLE_LINES = 10, 3


@dataclass(slots=True)
class _Placed:
    """One line of a page, in points from its left and bottom."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    size: float
    height: float
    """Of the page."""
    reason: str = ""


def read_pdf(content: bytes, *, clean: bool = True, keep: Collection[int] = ()) -> Article:
    """The article of a PDF; ReadError if it is damaged, protected, too long, or only pictures."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError("it is a PDF protected by a password: save a copy without it") from None
        raise ReadError(f"it is a PDF that can't be opened: {error}") from None
    if pages > MAX_PAGES:
        raise ReadError(
            f"it is a PDF of {pages:,} pages, and at most {MAX_PAGES:,} are read: "
            "save the pages of the article"
        )
    lines = [line for number in range(pages) for line in _lines(document, number)]
    if not any(char.isalnum() for line in lines for char in line.text):
        raise ReadError(
            f"it is a PDF without a text layer ({pages} page(s) of pictures): "
            "run text recognition (OCR) on it first"
        )
    _mark_running(lines, pages)
    said = {name: " ".join(value.split()) for name, value in document.get_metadata_dict().items()}
    return assemble(
        _paragraphs(lines),
        clean=clean,
        keep=keep,
        title=_title(lines, said.get("Title", "")),
        author=said.get("Author", ""),
        date=re.sub(r"^D:(\d{4})(\d\d)(\d\d).*|.*", r"\1-\2-\3", said["CreationDate"]).strip("-"),
    )


def _lines(document: Any, number: int) -> Iterator[_Placed]:
    """The lines of a page, as PDFium orders them."""
    import pypdfium2

    try:
        page = document[number]
        text_page = page.get_textpage()
        text = text_page.get_text_range()
    except pypdfium2.PdfiumError:  # a page that is missing or no page
        return
    height = page.get_height()
    at = 0
    # PDFium puts U+FFFE for a hyphen at a line's end, without a line break.
    for raw in re.findall(r"[^\r\n\ufffe]*(?:\r\n|\ufffe|$)", text):
        units = len(raw.encode("utf-16-le", "surrogatepass")) // 2  # what PDFium counts
        line = raw.rstrip("\r\n")
        if line.strip():
            lead = len(line) - len(line.lstrip())
            last = len(line.rstrip("\ufffe ").encode("utf-16-le", "surrogatepass")) // 2 - 1
            left, bottom, _, top = text_page.get_charbox(at + lead, loose=True)
            right = text_page.get_charbox(at + max(last, lead), loose=True)[2]
            text = re.sub(r"\s+", " ", line).strip().replace("\ufffe", "\xad")
            yield _Placed(text, number, left, right, bottom, top - bottom, height)
        at += units
    text_page.close()
    page.close()


def _mark_running(lines: list[_Placed], pages: int) -> None:
    """Gives heads, feet and page numbers their reason: they repeat in the margins, digits apart."""
    margins = [
        line
        for line in lines
        if not _MARGIN < line.bottom / (line.height or 1) < 1 - _MARGIN and len(line.text) < 200
    ]
    seen = Counter({(_running(line), line.page) for line in margins})
    times = Counter(key for key, _ in seen)
    for line in margins:
        is_running = pages > 1 and times[_running(line)] >= min(3, pages)
        if is_running or _PAGE_NUMBER.fullmatch(line.text):
            line.reason = "header" if line.bottom > line.height / 2 else "footer"


def _running(line: _Placed) -> str:
    return re.sub(r"\d+", "#", line.text)


def _title(lines: list[_Placed], said: str) -> str:
    """What the file calls itself, if that is on its first page; else its largest line there."""
    first = [line for line in lines if line.page == lines[0].page and not line.reason]
    bare = re.sub(r"\s", "", said)
    if bare and bare in re.sub(r"\s", "", "".join(line.text for line in first)):
        return said
    written: Counter[float] = Counter()
    for line in lines:
        written[round(line.size, 1)] += len(line.text)
    body = written.most_common(1)[0][0]  # what most characters have
    largest = max(first[:_TITLE_AMONG], key=lambda line: line.size, default=None)
    if largest is None or largest.size < _TITLE_SIZE * body:
        return ""
    rest = first[first.index(largest) :][:_TITLE_LINES]
    same = takewhile(lambda line: abs(line.size - largest.size) < 0.05 * largest.size, rest)
    return _joined([line.text for line in same])


def _paragraphs(lines: list[_Placed]) -> Iterator[Line]:
    """Lines joined where a paragraph goes on, and those of the margins by themselves."""
    open_lines: list[_Placed] = []
    waiting: list[Line] = []  # margins between the two halves of a paragraph
    pitch = _pitch([line for line in lines if not line.reason])
    for line in lines:
        if line.reason:
            waiting.append(Line(line.text, line.reason))
            continue
        if open_lines and _begins(open_lines, line, pitch):
            yield Line(_joined([part.text for part in open_lines]))
            yield from waiting
            open_lines, waiting = [], []
        elif not open_lines:
            yield from waiting
            waiting = []
        open_lines.append(line)
    if open_lines:
        yield Line(_joined([part.text for part in open_lines]))
    yield from waiting


def _pitch(lines: list[_Placed]) -> float:
    """The usual distance between lines, in heights of their letters."""
    steps = [
        (above.bottom - below.bottom) / above.size
        for above, below in pairwise(lines)
        if above.page == below.page and 0.5 < (above.bottom - below.bottom) / (above.size or 1) < 3
    ]
    return sorted(steps)[len(steps) // 5] if steps else 1.5  # where paragraphs are of a line or two


def _begins(paragraph: list[_Placed], line: _Placed, pitch: float) -> bool:
    """Whether a line begins a new paragraph."""
    last = paragraph[-1]
    if last.text.endswith("\xad"):
        return False
    if abs(last.size - line.size) > 0.15 * max(last.size, line.size) or _BULLET.match(line.text):
        return True
    near = [part.right for part in (*paragraph[-8:], line) if part.left < last.right]
    column = max(near, default=last.right)
    step = last.bottom - line.bottom
    if last.page == line.page:
        if step > 1.35 * pitch * last.size:
            return True
        if step < -last.size and line.left < last.right:  # up again, and not to another column
            return True
    letter = (last.right - last.left) / max(1, len(last.text))
    word = re.match(rf"{_WIDE}|\S+", line.text)
    # The line was left before its end, though the next word would have fitted.
    is_short = last.right + letter * (len(word[0]) + 2 if word else 2) < column
    is_indented = line.left > min(part.left for part in paragraph[-8:]) + 1.2 * letter
    ends = _ENDS_SENTENCE.search(last.text) is not None
    if _ITEM.match(line.text) and (ends or is_short or _ITEM.match(paragraph[0].text)):
        return True
    ends_early = last.right < last.left + 0.6 * (column - last.left)
    return ends_early or (ends and (is_short or is_indented))


def _joined(parts: list[str]) -> str:
    """Lines as one: divided words are whole again; in Chinese no space stands between."""
    text = "\n".join(parts)
    text = re.sub(r"(?<=[^\W\d_])(?:\xad|-)\n(?=[a-zà-ÿ])", "", text)
    text = re.sub(r"\xad\n?", "-", text)
    return unbroken(text)
