"""Questions that an article answers, made from its own sentences, without a language model.

Patterns of Chinese and English sentences (who said it, what it is, how many, when, why) become
questions in the sentence's own words; each is asked, and kept only if the sentence itself comes
back first. What doesn't read naturally is left out: an article may get no question at all.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from askarticle.article import Article
from askarticle.passages import Passage
from askarticle.ranking import is_chinese
from askarticle.retriever import Retriever
from askarticle.suggest import chinese, english

_MAX_TRIED = 24  # questions that are asked to find out; some 20 ms each


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the passage that answers it."""

    question: str
    passage: Passage


def suggest(retriever: Retriever, article: Article, count: int = 5) -> list[Suggestion]:
    """At most `count` questions that the article answers, in its order; [] if none reads well.

    They are spread over the article and over the kinds of questions, in its language, and each was
    asked: its passage came first and counts as found.
    """
    passages = retriever.passages(article)
    candidates = [
        Suggestion(question, passage)
        for passage in passages
        for question in questions(passage.text, article.text)
    ]
    chosen: list[Suggestion] = []

    def choose(candidates: list[Suggestion], enough: int) -> None:
        for tried in candidates[:_MAX_TRIED]:
            if len(chosen) >= enough:
                return
            reply = retriever.answer(tried.question, 1, article=article)
            same = any(tried.passage == other.passage for other in chosen)
            if reply.found and reply.hits[0].passage == tried.passage and not same:
                chosen.append(tried)

    choose(_varied(_spread(candidates)), count)
    choose(_about_names(passages, article.text), min(count, 3))
    return sorted(chosen, key=lambda suggestion: suggestion.passage.start)


def _about_names(passages: Sequence[Passage], text: str) -> list[Suggestion]:
    """What is said about the names that come more than once, the most frequent first."""
    # An English article may quote a Chinese name.
    is_in_chinese = 2 * sum(is_chinese(passage.text) for passage in passages) > len(passages)
    pattern = chinese.NAME if is_in_chinese else rf"(?<=[a-z,] )(?:the )?{english.NAME}"
    asked = "文中怎么说{}?" if is_in_chinese else "What does the article say about {}?"
    names = Counter(found[0] for found in re.finditer(pattern, text))
    return [
        Suggestion(asked.format(" " * (is_in_chinese and name.isascii()) + name), passage)
        for name, count in names.most_common(_MAX_TRIED // 3)
        if count > 1 and not english.NO_NAME.search(name) and not english.LEANS.match(name)
        for passage in [one for one in passages if name in one.text][:3]
    ]


def questions(sentence: str, article: str = "") -> Iterator[str]:
    """Questions that one sentence answers, the most natural first.

    `article` tells names from words that only begin a sentence.
    """
    if is_chinese(sentence):
        yield from chinese.questions(sentence)
    else:
        yield from english.questions(" ".join(sentence.split()), article)


def _spread(candidates: list[Suggestion]) -> list[Suggestion]:
    """One of each paragraph in turn, so that few questions still cover the whole article."""
    paragraphs: dict[int, list[Suggestion]] = {}
    for candidate in candidates:
        paragraphs.setdefault(candidate.passage.paragraph, []).append(candidate)
    rows = _middle_out(list(paragraphs.values()))
    turns = max(map(len, rows), default=0)
    return [row[turn] for turn in range(turns) for row in rows if turn < len(row)]


def _varied(candidates: list[Suggestion]) -> list[Suggestion]:
    """Two of each kind at a time: questions of a kind begin alike, in Chinese they end alike."""
    seen: Counter[str] = Counter()

    def turn(candidate: Suggestion) -> int:
        question = candidate.question
        kind = question[-5:] if question[-2] > "\u2fff" else " ".join(question.split()[:2])
        seen[kind] += 1
        return (seen[kind] - 1) // 2

    return sorted(candidates, key=turn)


def _middle_out(rows: list[list[Suggestion]]) -> list[list[Suggestion]]:
    """The rows in an order whose every beginning is spread evenly: 0, 1/2, 1/4, 3/4, …"""
    return [rows[n] for n in sorted(range(len(rows)), key=lambda n: int(f"{n:016b}"[::-1], 2))]
