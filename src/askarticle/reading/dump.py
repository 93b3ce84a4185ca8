"""A page saved as plain text: finds the article's body among menus, headlines and footers.

One idea: the body is a run of sentences, what surrounds it are runs of labels and headlines. Each
line gets a weight, prose above zero and labels below; the body is the run of lines with the largest
sum. It knows no site, only the words that news pages share; where nothing speaks for a page (no
menu, no dates, no repeats), the text is taken whole.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from askarticle.article import Removed
from askarticle.reading.prose import (
    COMMENTS_WEIGHT,
    DATE,
    OTHERS_WEIGHT,
    TIME,
    Line,
    heaviest_run,
    run_after,
    weigh,
    width,
)

# After a headline, what follows it in the title of a page: a mark, and the site's name.
_SITE = re.compile(r"\s*[|_–—\-·:»@]\s*\w")
_MARKS = str.maketrans("‘’“”–—", "''\"\"--")
# A first line of so many columns is a page's title, not its menu's first entry.
_LONG_TITLE = 24
# What stands before the others is the article if it has this much of what stands after.
_SHORT_ARTICLE = 0.35
# So it is, even if shorter, where a headline stands before it.
_SHORT_TITLED = 0.15
# A page whose prose weighs less may have a table or short lines for its body, if they have more
# columns than that, and than prose of three times its weight (prose has four for each of weight).
_LITTLE_PROSE = 250.0
# A body goes on after so many lines without a sentence, if a paragraph of such weight follows.
_LIST = 8
_PARAGRAPH = 20.0
# So many lines without a sentence are a page's, whatever their words.
_MANY_LABELS = 30


@dataclass(slots=True)
class Cleaned:
    """What `clean` found."""

    text: str
    title: str = ""
    date: str = ""
    removed: list[Removed] = field(default_factory=list)


def clean(page: str, *, keep: Collection[int] = ()) -> Cleaned:
    """The body of a page dump, its title and what was left out.

    `keep` are numbers of lines (from 1) that stay whatever is found. Of the body only white space
    changes: lines lose what is around them, and one blank line stands for several.
    """
    lines = _weighed(page)
    first, last = body(lines)
    whole = (first, last) == (0, len(lines))
    title = _first_line_title(lines) if whole else _title(lines, first)
    elsewhere = {line.text for line in (*lines[:first], *lines[last:])}
    kept = [
        first <= i < last
        and (whole or not line.reason or (line.reason == "repeated" and line.text not in elsewhere))
        for i, line in enumerate(lines)
    ]
    removed = []
    for i, line in enumerate(lines):
        is_title = title is not None and i <= max(title, first) and line.text == lines[title].text
        kept[i] = line.number in keep or (kept[i] and not is_title)
        if not kept[i]:
            reason = "title" if is_title else line.reason or ("menu" if i < first else "headline")
            removed.append(Removed(line.number, line.text, reason))
    text = "".join(
        ("\n\n" if line.after_blank else "\n") + line.text
        for line, is_kept in zip(lines, kept, strict=True)
        if is_kept
    ).strip("\n")
    dates = [
        found.group()
        for line in lines[max(0, first - 12) : first]
        if (found := re.search(rf"{DATE}(?:\s*{TIME})?", line.text))
    ]
    headline = "" if title is None else lines[title].text
    return Cleaned(text, headline, dates[-1] if dates else "", removed)


def _weighed(text: str) -> list[Line]:
    lines: list[Line] = []
    after_blank = False
    for number, raw in enumerate(re.split(r"\r\n|[\n\r\u2028\u2029]", text), 1):
        if stripped := raw.strip():
            lines.append(Line(number, stripped, after_blank))
        after_blank = not stripped
    weigh(lines)
    return lines


def body(lines: Sequence[Line]) -> tuple[int, int]:
    """First and one past the last line of the body; all of them if nothing speaks for a page."""
    weights = [line.weight for line in lines]
    heads = headlines(lines)
    others = next((i for i, w in enumerate(weights) if w in (OTHERS_WEIGHT, COMMENTS_WEIGHT)), None)
    against = sum(bool(line.reason) for line in lines)
    labels = sum(weight < 0 for weight in weights)
    names_site = any(_SITE.match(lines[0].text, len(lines[i].text)) for i in heads)
    is_page = others is not None or names_site or labels >= _MANY_LABELS
    if not is_page and against < max(3, len(lines) / 10):
        return 0, len(lines)
    run = heaviest_run(weights)
    heaviest = sum(weights[slice(*run)])
    titled = max((run_after(weights, i) for i in heads), key=_sum(weights), default=(0, 0))
    if _sum(weights)(titled) > _SHORT_TITLED * heaviest:
        return titled[0], _with_lists(lines, titled[1])
    columns = [width(line.text) for line in lines]
    unspoken = max((_unspoken(lines, i) for i in heads), key=_sum(columns), default=(0, 0))
    if heaviest < _LITTLE_PROSE < _sum(columns)(unspoken) > 3 * heaviest:
        return unspoken
    buttons = sum(line.reason == "boilerplate" for line in lines)
    if others is None and (buttons < 5 or labels < 2 * _MANY_LABELS):
        # Labels alone make no page: a diary has dates, a song a refrain.
        said = [len(line.text) * line.is_said for line in lines]
        if sum(said[slice(*run)]) <= sum(said) * 2 / 3:
            return 0, len(lines)
    if others is not None and run[0] > others:
        # Teasers and comments may be longer than a short article that stands before them.
        start = heads[0] if heads and heads[0] < others else 0
        first, last = heaviest_run(weights[start:others])
        if sum(weights[start + first : start + last]) > _SHORT_ARTICLE * heaviest:
            return start + first, start + last
    return run


def _unspoken(lines: Sequence[Line], headline: int) -> tuple[int, int]:
    """The widest stretch of lines soon after a headline that nothing speaks against."""
    stretches = [(headline, headline)]
    first = None
    for i in range(headline + 1, len(lines) + 1):
        speaks = i == len(lines) or lines[i].reason
        if not speaks and first is None:
            first = i
        elif speaks and first is not None:
            stretches.append((first, i))
            first = None
        if first is None and i > headline + 12:
            break
    return max(stretches, key=_sum([width(line.text) for line in lines]))


def _sum(numbers: Sequence[float]) -> Callable[[tuple[int, int]], float]:
    """For a run, the sum of its lines' numbers."""
    return lambda run: sum(numbers[slice(*run)])


def _with_lists(lines: Sequence[Line], last: int) -> int:
    """The end of a body that goes on, in lists with little prose, until something ends it."""
    stop = last
    while stop < len(lines) and lines[stop].reason in ("", "repeated"):
        stop += 1
    end = last
    for i in range(last, stop):
        if lines[i].weight >= _PARAGRAPH and i - end <= _LIST:
            end = i + 1
    while stop > end and lines[stop - 1].weight <= 0:
        stop -= 1
    items = [width(line.text) for line in lines[end:stop] if line.weight > 0]
    is_list = len(items) >= 5 and 3 * sum(items) > sum(width(line.text) for line in lines[end:stop])
    return stop if is_list else end


def headlines(lines: Sequence[Line]) -> list[int]:
    """The lines that repeat the page's title, its first line, best matches only."""
    if not lines:
        return []
    title = _plain(lines[0].text)
    rated = [(_likeness(_plain(line.text), title), i) for i, line in enumerate(lines) if i]
    best = max((rate for rate, _ in rated), default=0)
    return [i for rate, i in rated if rate == best > 0][:_MANY_LABELS]


def _likeness(line: str, title: str) -> int:
    """How much of a page's title a line is, in columns; the title's beginning counts double."""
    columns = width(line)
    if columns >= 8 and title.startswith(line):
        return 2 * columns
    if columns >= 16 and line.startswith(title) and width(title) >= 16:
        return 2 * width(title)
    return columns if columns >= max(16, width(title) / 2) and line in title else 0


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text.casefold().replace("…", "...").translate(_MARKS))


def _title(lines: Sequence[Line], first: int) -> int | None:
    """The line before the body that is its headline.

    That is the last one that repeats the page's title; else a long one that stands near the body.
    """
    if titled := [i for i in headlines(lines) if i < max(first, 1)]:
        return titled[-1]
    candidates = [
        i
        for i in range(max(0, first - 25), first)
        if lines[i].reason in ("", "repeated")
        and 8 <= width(lines[i].text) <= 220
        and not lines[i].text.endswith("。")
    ]
    is_title = width(lines[0].text) >= _LONG_TITLE and not re.search("[>›»]", lines[0].text)
    if first and is_title and not lines[0].reason:
        # A page that repeats its title in other words, or nowhere.
        pairs = _pairs(lines[0].text)
        alike = [i for i in candidates if i and 2 * len(pairs & _pairs(lines[i].text)) > len(pairs)]
        return alike[-1] if alike else 0
    return max(candidates, key=lambda i: min(len(lines[i].text), 30) - (first - i), default=None)


def _pairs(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def _first_line_title(lines: Sequence[Line]) -> int | None:
    """The first line of a clean text, if a blank line follows it and it ends in no mark."""
    if len(lines) > 1 and lines[1].after_blank and width(lines[0].text) <= 120:
        return 0 if lines[0].text[-1].isalnum() or lines[0].text[-1] in '”’》」』）)"' else None
    return None
