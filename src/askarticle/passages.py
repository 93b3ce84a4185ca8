"""Cuts a text into passages: its sentences, Chinese, English or mixed, with their offsets.

Passages never overlap and stand in the text's order; between two of them lies only white space, or
a run without a letter or digit. It doesn't look at meaning, and changes no character.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import overload

import numpy as np
from numpy.typing import NDArray

# Longest passage, in characters. The longest sentence of 30 news articles has 257; the built-in
# encoder reads 256 tokens, which 300 Chinese characters fit.
MAX_CHARS = 300
# A piece with fewer letters and digits ("好！", "No.") is no answer: it joins its neighbour.
_MIN_WORD_CHARS = 4

_CLOSERS = "”’\"'」』）)】]》〉〗"
_OPENERS = "“‘「『（(【[《〈〖"
# A run of marks, what it closes, and footnote numbers.
_MARKS = re.compile(rf"[。！？；｡!?.…]+[{re.escape(_CLOSERS)}]*(?:\[\d{{1,3}}\])*|;(?!\s)")
_LINE_BREAK = re.compile(r"(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])(?:\s*[\n\r\x85\u2028\u2029])?")
_CLAUSE_MARK = re.compile(r"[，、；：,;:—](?![0-9])\s*")
_SPACE = re.compile(r"\s+")
_WORD_CHAR = re.compile(r"[^\W_]")
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.&-]*\w)?$")
# "1." after a sentence's end numbers an item; "Jan. 5." ends a date.
_LIST_NUMBER = re.compile(r"(?:^|[。！？!?；;:：]|(\w*)\.)\s*\d{1,3}$")
# A sentence doesn't begin like this, so what stands before it hasn't ended.
_CONTINUES = re.compile(r"\s*[，、,；;：:。！？!?)）\]】」』》〉%…·—–-]|[的地得之等]")

# Words whose full stop belongs to them: always, or unless a common first word follows. So it is
# with initials ("J.K. Rowling", but "in L.A. The police").
_ALWAYS_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr mt ft rev hon gen col maj capt lt sgt cmdr adm gov sen rep pres supt "
    "no nos vol vols fig figs eq ch sec pp p ed eds vs v cf e.g i.e eg ie approx ca".split()
)
_ABBREVIATIONS = frozenset(
    "u.s u.k u.n e.u d.c a.m p.m am pm ph.d m.d b.a m.a jr inc corp co ltd plc etc ave rd st al "
    "est dept jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_INITIALS = re.compile(r"(?:[a-z]\.)*[a-hj-z]")
_FIRST_WORDS = frozenset(
    "the a an this that these those he she it they we i you his her its their our my in on at by "
    "for from with after before when while if as but and so however there here what who why how "
    "according meanwhile".split()
)


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a text: `text == article.text[start:end]`, without surrounding space."""

    text: str
    start: int
    end: int
    number: int
    """Position among the text's passages, from 0: the neighbours are `number` ± 1."""
    paragraph: int
    """The paragraph it stands in, from 1; paragraphs without a passage aren't counted."""


class Passages(Sequence[Passage]):
    """The passages of several texts in order, each made when it is asked for."""

    def __init__(self, texts: Sequence[str], table: NDArray[np.int32]) -> None:
        self._texts = texts
        self.table = table
        """int32 [passages, 4]: number of the text, start, end, paragraph."""
        self.starts = np.searchsorted(table[:, 0], np.arange(len(texts) + 1))
        """[texts + 1]: the first row of each text, and at last the number of passages."""

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[Passage, ...]: ...
    def __getitem__(self, row: int | slice) -> Passage | tuple[Passage, ...]:
        if isinstance(row, slice):
            return tuple(self[i] for i in range(*row.indices(len(self))))
        row = range(len(self))[row]
        owner, start, end, paragraph = self.table[row].tolist()
        number = row - int(self.starts[owner])
        return Passage(self._texts[owner][start:end], start, end, number, paragraph)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def fit(self) -> bool:
        """Whether they stand in their texts in order, at least one in each."""
        owners, start, end, _ = self.table.T
        lengths = np.array(list(map(len, self._texts)))
        return bool(
            np.array_equal(np.unique(owners), np.arange(len(lengths)))
            and (np.diff(owners) >= 0).all()
            and ((start >= 0) & (start < end) & (end <= lengths[owners])).all()
            and ((start[1:] >= end[:-1]) | (np.diff(owners) > 0)).all()
        )


def split(text: str) -> list[Passage]:
    """The passages of `text`, in order; none if the text has no letter or digit.

    Each has at most `MAX_CHARS` characters.
    """
    passages: list[Passage] = []
    paragraph = 0
    for lines in _paragraphs(text):
        sentences = _sentences(text, *lines)
        bounded = [piece for sentence in sentences for piece in _bounded(text, *sentence)]
        pieces = [(s, e) for s, e in bounded if _WORD_CHAR.search(text, s, e)]
        paragraph += bool(pieces)
        for start, end in pieces:
            passages.append(Passage(text[start:end], start, end, len(passages), paragraph))
    return passages


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of the paragraphs: lines, or blocks of lines where the text is hard-wrapped."""
    start = 0
    wrapped = _is_hard_wrapped(text)
    for line_break in _LINE_BREAK.finditer(text):
        if wrapped and len(line_break.group().replace("\r\n", "\n")) == 1:
            continue
        yield start, line_break.start()
        start = line_break.end()
    yield start, len(text)


def _is_hard_wrapped(text: str) -> bool:
    """Whether lines end at a margin, as in e-mail: long as the longest, and in mid-sentence."""
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    lines = [line.rstrip() for block in blocks for line in block[:-1]]
    longest = max(map(len, lines), default=0)
    if len(lines) < 3 or not 40 <= longest <= 100:
        return False
    full = sum(len(line) > 0.75 * longest for line in lines)
    ended = sum(_MARKS.search(line[-3:]) is not None for line in lines)
    return full > 0.8 * len(lines) and ended < 0.5 * len(lines)


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Ranges of the sentences of one paragraph, each with at least a letter or digit."""
    marks = _MARKS.finditer(text, start, end)
    stops = [stop for mark in marks if (stop := _end_at(text, mark, start, end))]
    sentences: list[tuple[int, int]] = []
    carried, word_chars = start, 0  # a piece too short to stand alone waits for the next one
    for begin, stop in pairwise([start, *stops, end]):
        word_chars += sum(
            1 for _ in islice(_WORD_CHAR.finditer(text, begin, stop), _MIN_WORD_CHARS)
        )
        if word_chars >= _MIN_WORD_CHARS or (word_chars and stop == end and not sentences):
            sentences.append((carried, stop))
        elif sentences:
            sentences[-1] = (sentences[-1][0], stop)
        else:
            continue
        carried, word_chars = stop, 0
    return sentences


def _end_at(text: str, mark: re.Match[str], start: int, end: int) -> int | None:
    """Where the sentence with these marks ends, in the paragraph `start`–`end`; None if not."""
    marks = re.split(r"[^。！？；｡!?.…;]", mark.group(), maxsplit=1)[0]
    stop = mark.end()
    straight = mark.start() + len(marks)
    # A straight quote opens if it is the first of a pair.
    if (
        text[straight:stop].startswith('"')
        and text.count('"', max(start, straight - 2000), straight) % 2 == 0
    ):
        stop = straight
    closed = straight < stop
    before = text[max(start, mark.start() - 1) : mark.start()]
    after = text[stop : min(end, stop + 40)]
    if not after.strip():
        return stop
    return stop if _ends(text, mark.start(), start, marks, closed, before, after) else None


def _ends(
    text: str, position: int, start: int, marks: str, closed: bool, before: str, after: str
) -> bool:
    """Whether marks at a position, between `before` and `after`, end a sentence."""
    if (not marks.strip("….") and len(marks) > 1) or marks == "…":
        return False  # an ellipsis
    if _CONTINUES.match(after) and not (after[0] in "的地得之等" and not closed):
        return False
    if any(wide in marks for wide in "。！？；｡"):
        return not _inside_book_title(text, position, start)
    spaced, following = after[0].isspace(), after.lstrip()
    if marks == ";":
        return _is_wide(before) or _is_wide(after[0])
    if "." not in marks:  # ! or ?
        return (spaced and not following[0].islower()) or _is_wide(after[0]) or _is_wide(before)
    if not spaced:
        return _is_wide(before) and (_is_wide(after[0]) or after[0] in _OPENERS)
    if following[0].islower():
        return False
    return closed or not _is_abbreviation(text[max(start, position - 24) : position], following)


def _inside_book_title(text: str, position: int, start: int) -> bool:
    """Whether `position` lies between 《 and 》: marks in a title end no sentence."""
    opening = text.rfind("《", max(start, position - 30), position)
    return opening >= 0 and text.find("》", opening, position) < 0 <= text.find(
        "》", position, position + 30
    )


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether a full stop after `before` belongs to its last word, not to the sentence."""
    found = _WORD_BEFORE.search(before)
    if not found:
        return False
    word = found.group().lower()
    number = _LIST_NUMBER.search(before)
    if word in _ALWAYS_ABBREVIATIONS or (
        number and (number[1] or "").lower() not in _ALWAYS_ABBREVIATIONS | _ABBREVIATIONS
    ):
        return True
    if word in _ABBREVIATIONS or _INITIALS.fullmatch(word):
        return re.split(r"\W", following.lower(), maxsplit=1)[0] not in _FIRST_WORDS
    return False


def _is_wide(char: str) -> bool:
    """Whether this is a CJK character or mark."""
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The range without its outer space, cut into ranges of at most MAX_CHARS characters.

    Cuts after a clause mark, else at a space, else anywhere.
    """
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_CHARS:
        half, limit = start + MAX_CHARS // 2, start + MAX_CHARS
        cut = limit
        for pattern in (_CLAUSE_MARK, _SPACE):
            found = [m.end() for m in pattern.finditer(text, half, limit)]
            if found:
                cut = found[-1]
                break
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop > start:
            yield start, stop
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end
