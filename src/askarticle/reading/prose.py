"""How much each line of a page speaks for being body: sentences do, labels and headlines don't.

Where nothing else speaks for a line, how long it is and how it ends do; `phrases` has the words.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from askarticle.reading.phrases import (
    BOILERPLATE,
    COMMENTS_FOLLOW,
    OTHERS_FOLLOW,
    POST_BUTTON,
    SITE_SPEAKS,
    SPEAKER,
)

DATE = r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+"
    r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:de\s+)?\w{3,10}\.?,?\s+(?:de\s+)?(?:19|20)\d\d"
)
_DATE_LINE = re.compile(rf"[\s\W]*(?:{DATE})?[\s,T]*(?:{TIME})?[\s\W]*")
_STARTS_WITH_DATE = re.compile(rf"\W*{DATE}\s*{TIME}")
_NAMED_DATE = re.compile(rf"\b(?:{_MONTH})(?:\D{{0,6}}{TIME})?", re.IGNORECASE)
_FOOTNOTES = r"(?:\[\w{1,4}\])*"  # an encyclopedia puts them after the full stop
_ENDS_SENTENCE = re.compile(rf"[。！？!?…；;.：:][”’\"'」』）)\]】]*{_FOOTNOTES}$")
_FULL_STOP = re.compile(rf"(?:[。！？…][”’」』）】]*|(?:\S+ ){{4}}\S*?[.!?][\"”’)]*){_FOOTNOTES}$")
_SENTENCE_AND_MORE = re.compile(
    r"。[”’」』]?\w.{9}|\b(?:\w{1,30} ){6}\w{1,30}[.!?][”\"]? [A-Z“\"](?:\S{1,30} ){6}"
)
_COMMA = re.compile(r"[，。、；,.;]")
_CUT_SHORT = re.compile(r"(?<!…)…$|(?<!\.)\.\.\.$")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_NUMBER = re.compile(r"[+\-–−$€£¥]?\d[\d.,:]*\s?[%°kKmM]?")
_NUMBERED = re.compile(r"\(?(\d{1,3})[.)、）]\s?\D")
_OF_CONTENTS = re.compile(r"[1-9]\d?(?:\.\d+)*\.?\s+(.+)")
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")

# A button, a date or a credit costs as much as three labels.
BUTTON_WEIGHT = -20.0
# Where others follow, it costs more than a long paragraph brings …
OTHERS_WEIGHT = -50.0
# … and comments more than some do.
COMMENTS_WEIGHT = -240.0
# A gap of labels that weighs more ends a body.
_LONGEST_GAP = 150.0
# A headline outweighs this many labels between it and its article.
_HEADLINE_WEIGHT = 150.0


@dataclass(slots=True)
class Line:
    """A line of a page that isn't blank."""

    number: int
    text: str
    after_blank: bool = False
    in_links: float = 0.0
    """The share of its characters that stand in links, where there is markup."""
    weight: float = 0.0
    reason: str = ""
    """Why it can't be body, whatever surrounds it; "" if nothing speaks against it."""

    @property
    def is_said(self) -> bool:
        """Whether it ends as a sentence does."""
        return _FULL_STOP.search(self.text[-200:]) is not None


def weigh(lines: Sequence[Line]) -> None:
    """Gives each line its weight, above zero for prose, and its reason."""
    times = Counter(line.text for line in lines)
    for line in lines:
        line.weight, line.reason = _weigh(line.text, times[line.text])
        entry = _OF_CONTENTS.fullmatch(line.text)
        if entry and not line.reason and entry[1] in times:
            line.reason = "menu"  # "2 History", of the table of contents
        if line.in_links > 0.5 and line.weight > 0:
            line.weight = -7.0
    for before, line in pairwise(lines):
        if line.text == before.text and line.reason != "boilerplate":
            line.weight, line.reason = -15.0, "repeated"
        if before.weight == OTHERS_WEIGHT and line.reason == "repeated":
            before.weight = COMMENTS_WEIGHT  # a part of the page, not an aside in the article
    for i, line in enumerate(lines):
        after = lines[i + 1 : i + 3]
        if line.weight == COMMENTS_WEIGHT and all(a.weight == BUTTON_WEIGHT for a in after):
            line.weight = BUTTON_WEIGHT  # a button among others
    _weigh_asides(lines)
    _weigh_lists(lines)
    _weigh_tables(lines)
    _weigh_wrapped(lines)
    _weigh_posts(lines)


def width(text: str) -> int:
    """Length in columns: a Chinese character takes two."""
    return len(text) + len(_WIDE.findall(text))


def _weigh(text: str, times: int) -> tuple[float, str]:
    """How much a line speaks for the body, and why it can't be body, if so."""
    columns = width(text)
    if not any(char.isalnum() for char in text):
        return -2.0, "boilerplate"
    if _ADDRESS.fullmatch(text):
        return 0.0, ""
    if columns < 400 and SITE_SPEAKS.search(text):
        return BUTTON_WEIGHT, ""  # at the end of a body it isn't body; inside it may be the subject
    if columns >= 60:
        if times > 1 and columns < 100:
            return -8.0, "repeated"
        worth = min(columns, 400) / 4
        if _SENTENCE_AND_MORE.search(text):
            return worth, ""
        if _ENDS_SENTENCE.search(text) and not (columns < 120 and _CUT_SHORT.search(text)):
            return worth, ""
        return (worth / 2 if columns >= 160 and _COMMA.search(text) else -7.0), ""
    ends = _FULL_STOP.search(text) is not None
    if not ends and COMMENTS_FOLLOW.fullmatch(text):
        return COMMENTS_WEIGHT, "boilerplate"
    if not ends and OTHERS_FOLLOW.fullmatch(text):
        return OTHERS_WEIGHT, "boilerplate"
    if not ends and (
        _DATE_LINE.fullmatch(text) or _STARTS_WITH_DATE.match(text) or _is_named_date(text)
    ):
        return BUTTON_WEIGHT, "date"
    if BOILERPLATE.fullmatch(text) and not (ends and times == 1 and text[0] not in "©Cc版"):
        return BUTTON_WEIGHT, "boilerplate"
    if times > 1 and not ends:
        return -8.0, "repeated"
    if SPEAKER.fullmatch(text):
        return BUTTON_WEIGHT, ""
    if _CUT_SHORT.search(text):
        return -2.0, ""
    if text.rstrip("”’\"'」』）)】]").endswith("。") or (
        columns >= 20 and _ENDS_SENTENCE.search(text)
    ):
        return 3.0, ""
    return (-2.0 if ends else -7.0), ""


def _is_named_date(text: str) -> bool:
    """Whether a line is a date with little beside it: a weekday, "updated", a time zone."""
    rest, times = _NAMED_DATE.subn("", text)
    return times > 0 and sum(char.isalpha() for char in rest) <= 16


def _weigh_asides(lines: Sequence[Line]) -> None:
    """Others that a few lines name, before two paragraphs of the article, don't end it."""
    for i, line in enumerate(lines):
        if line.weight != OTHERS_WEIGHT:
            continue
        end = next((j for j in range(i, min(i + 8, len(lines))) if lines[j].weight >= 15), i)
        if end > i + 1 and end + 1 < len(lines) and lines[end + 1].weight >= 15:
            for aside in lines[i:end]:
                aside.weight, aside.reason = -2.0, aside.reason or "headline"


def _weigh_lists(lines: Sequence[Line]) -> None:
    """Items that are numbered in order are no labels."""
    expected = 1
    items: list[Line] = []
    for line in lines:
        if found := _NUMBERED.match(line.text):
            number = int(found[1])
            expected = expected if number == expected else 1
            if number == expected:
                items.append(line)
                expected += 1
                if number == 3:
                    for item in items[-3:]:
                        item.weight, item.reason = max(item.weight, 1.0), ""
                elif number > 3:
                    line.weight, line.reason = max(line.weight, 1.0), ""


def _weigh_tables(lines: Sequence[Line]) -> None:
    """Numbers beside numbers, and the short lines between them, are cells: they say nothing."""
    numbers = [_NUMBER.fullmatch(line.text) is not None for line in lines]
    for i, line in enumerate(lines):
        beside = numbers[max(0, i - 2) : i] + numbers[i + 1 : i + 3]
        if sum(beside) >= 2 and (numbers[i] or (len(line.text) <= 25 and not line.reason)):
            line.weight, line.reason = 0.0, ""


def _weigh_wrapped(lines: Sequence[Line]) -> None:
    """Lines of one paragraph, as a mail or an old page breaks it, speak together."""
    start = 0
    for i in range(1, len(lines) + 1):
        if i < len(lines) and not lines[i].after_blank:
            continue
        paragraph, start = lines[start:i], i
        widths = [width(line.text) for line in paragraph[len(paragraph) > 2 : -1]]
        going_on = sum(line.text[0].islower() for line in paragraph[1:])
        if widths and min(widths) >= 50 and max(widths) <= 100 and going_on * 2 >= len(widths):
            for line in paragraph:
                line.weight = max(line.weight, width(line.text) / 4)


def _weigh_posts(lines: Sequence[Line]) -> None:
    """Names, dates and the buttons that each post has cost little between two posts."""
    times = Counter(line.text for line in lines if POST_BUTTON.fullmatch(line.text))
    gap: list[Line] = []
    for line in lines:
        if line.weight <= 0:
            gap.append(line)
            continue
        others = [label for label in gap if times[label.text] < 3]
        if len(others) < len(gap) <= 8 and all(label.weight > OTHERS_WEIGHT for label in others):
            for label in gap:
                label.weight = max(label.weight, -2.0)
        gap = []


def heaviest_run(weights: Sequence[float]) -> tuple[int, int]:
    """First and one past the last index of the run with the largest sum."""
    best, bounds = 0.0, (0, 0)
    i = 0
    while i < len(weights):
        if weights[i] <= 0:
            i += 1
            continue
        first, last = _run_from(weights, i, 0.0)
        if (total := sum(weights[first:last])) > best:
            best, bounds = total, (first, last)
        i = max(last, i + 1)
    return bounds


def run_after(weights: Sequence[float], headline: int) -> tuple[int, int]:
    """First and one past the last index of the prose that follows a headline."""
    return _run_from(weights, headline + 1, _HEADLINE_WEIGHT)


def _run_from(weights: Sequence[float], start: int, credit: float) -> tuple[int, int]:
    """The run of lines that begins after `start`, with at most `credit` of labels before it."""
    first = start
    while first < len(weights) and weights[first] <= 0:
        credit += max(weights[first], BUTTON_WEIGHT)  # a link to the comments is not the comments
        if credit < 0:
            return start, start
        first += 1
    total = best = 0.0
    last = first
    for i in range(first, len(weights)):
        total += weights[i]
        if total > best:
            best, last = total, i + 1
        elif total < best - _LONGEST_GAP or total + credit <= 0:
            break
    return first, last
