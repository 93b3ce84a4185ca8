"""Which words of a passage answer: ranges of the article, and the short answer made of them.

Where the judge has read the passage, its odds for each token decide; else the clause likest to the
question is marked. It ranks nothing.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from askarticle.encoder import Tokens
from askarticle.forms import plain
from askarticle.judge import Verdict
from askarticle.late_interaction import matches
from askarticle.lexical import shared_terms
from askarticle.passages import Passage
from askarticle.ranking import words_weight

Range = tuple[int, int]

# Commas and colons within numbers and times divide nothing.
_CLAUSE_MARKS = re.compile(r"(?:[，；：。！？;!?]|[,:](?!(?<=[0-9][,:])[0-9]))+")
_MIN_CLAUSE_CHARS = 4
# A token's worth is the judge's log-odds for it and the likeness of its clause; those within this
# of the best, or between such, are marked. Chosen on right passages of half of the held-out fold;
# on the other half (1,787) marks touch the words that answer in .86, of Chinese as of English
# texts, and cover .42 and .45 of the passage; at .85 they touch .78 and cover .29 and .32.
_NEAR_BEST = 1.1
# A clause is the answer by itself if its best token is worth so much more than any other clause's.
# Of that half's right passages, those of one clause among them, it is this clear in .48, and the
# clause holds the words that answer in .91 of these. For the others the answer is the passage.
_CLEAR = 0.5
# A mark never begins or ends inside a word, or between a number and what it counts.
_WORD = re.compile(
    r"[A-Za-z0-9À-ɏ]+(?:[.,:'’/-][A-Za-z0-9À-ɏ]+)*"
    r"(?:[%％]|(?<=[0-9])[余多几]?[十百千万亿]*[元年月日时分秒人名位个次岁倍米里吨斤]?)?"
)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_EDGES = " \t\n,，、。；;：:！!？?·…—-“”\"'‘’()（）《》[]【】"


class Marked(NamedTuple):
    """What of a passage answers, in ranges of the article."""

    marks: list[Range]
    """The words."""
    answer: Range
    """What can stand for itself: the clause that they are in if that is clear, else all of it."""


def by_judge(
    question: str, asked: Tokens, passage: Passage, tokens: Tokens, verdict: Verdict
) -> Marked:
    """The run of words whose worth stands out most."""
    stands = tokens.ranges[:, 0] < tokens.ranges[:, 1]
    was_read = np.isfinite(verdict.tokens)
    real = np.flatnonzero(stands & was_read)
    if not len(real):
        return Marked([_whole(passage)], _whole(passage))
    worth = verdict.tokens[real].astype(np.float64)
    ranges = clauses(passage)
    likest = clause_likeness(question, asked, passage, tokens, ranges)
    first, last = tokens.ranges[real].T + passage.start
    best = np.full(len(ranges), -np.inf)
    for i, ((start, end), alike) in enumerate(zip(ranges, likest, strict=True)):
        within = (first < end) & (start < last)
        worth[within] += alike
        best[i] = worth[within].max(initial=-np.inf)
    # A number that the question gives isn't what it asks for.
    given = set(_NUMBER.findall(plain(question)))
    for word in _WORD.finditer(passage.text):
        if (number := _NUMBER.match(word[0])) and number[0] in given:
            start, end = passage.start + word.start(), passage.start + word.end()
            worth[(first < end) & (start < last)] = worth.min()
    # The run with the greatest sum of what is above the line.
    sums = np.concatenate([[0.0], np.cumsum(worth - (worth.max() - _NEAR_BEST))])
    end = int(np.argmax(sums[1:] - np.minimum.accumulate(sums)[:-1]))
    start = int(np.argmin(sums[: end + 1]))
    mark = _trimmed(passage, *tokens.ranges[real[[start, end]], [0, 1]].tolist())
    clause = ranges[int(np.argmax(best))]
    others = np.delete(best, np.argmax(best)).max(initial=-np.inf)
    # What was not read may hold the answer.
    clear = best.max() - others >= _CLEAR and was_read[stands].all()
    holds = clause[0] <= mark[0] and mark[1] <= clause[1]
    return Marked([mark], clause if clear and holds else _whole(passage))


def by_clause(question: str, asked: Tokens, passage: Passage, tokens: Tokens) -> Marked:
    """The clause likest to the question, which needn't be the one that answers."""
    ranges = clauses(passage)
    likest = clause_likeness(question, asked, passage, tokens, ranges)
    return Marked([ranges[int(np.argmax(likest))]], _whole(passage))


def clause_likeness(
    question: str, asked: Tokens, passage: Passage, tokens: Tokens, ranges: Sequence[Range]
) -> NDArray[np.float64]:
    """How like each clause is to the question: its late interaction, and the words they share."""
    texts = [passage.text[a - passage.start : b - passage.start] for a, b in ranges]
    likest = matches(asked, tokens)
    scores = np.array(shared_terms(question, texts)) * words_weight(question)
    first, last = tokens.ranges.T + passage.start
    for i, (start, end) in enumerate(ranges):
        within = (first < end) & (start < last) & (first < last)
        scores[i] += likest[:, within].max(axis=1).mean() if within.any() else 0.0
    return scores


def clauses(passage: Passage) -> list[Range]:
    """Ranges of the passage's clauses; a short one joins the next, or at the end the last."""
    cuts = [0]
    for mark in _CLAUSE_MARKS.finditer(passage.text):
        if mark.end() - cuts[-1] >= _MIN_CLAUSE_CHARS:
            cuts.append(mark.end())
    if len(cuts) > 1 and len(passage.text) - cuts[-1] < _MIN_CLAUSE_CHARS:
        cuts.pop()
    found = []
    for start, end in pairwise([*cuts, len(passage.text)]):
        text = passage.text[start:end]
        start += len(text) - len(text.lstrip())
        end = start + len(text.strip().rstrip("，；：。！？,;:!?. "))
        found.append((passage.start + start, passage.start + max(end, start + 1)))
    return found


def _trimmed(passage: Passage, start: int, end: int) -> Range:
    """The range of the article, out to the ends of its words and without marks at its edges."""
    for word in _WORD.finditer(passage.text):
        if word.start() < end and start < word.end():
            start, end = min(start, word.start()), max(end, word.end())
    text = passage.text[start:end]
    start += len(text) - len(text.lstrip(_EDGES))
    end -= len(text) - len(text.rstrip(_EDGES))
    return (
        (passage.start + start, passage.start + end)
        if start < end
        else (
            passage.start,
            passage.end,
        )
    )


def _whole(passage: Passage) -> Range:
    return passage.start, passage.end
