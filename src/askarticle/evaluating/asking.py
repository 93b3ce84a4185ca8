"""Asks labelled questions of their own articles, as a user would, and of BM25 beside it.

Each article is encoded once. It counts nothing: `report` does.
"""

import math
import time
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product

import numpy as np

from askarticle.encoder import Encoder, Progress
from askarticle.evaluating.datasets import LabelledArticle, Question
from askarticle.lexical import LexicalIndex
from askarticle.passages import Passage
from askarticle.reply import Hit
from askarticle.retriever import Retriever

_HITS = 10  # what MRR@10 looks at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    article: LabelledArticle
    question: Question
    hits: list[Hit]
    """The first ten."""
    answered: float
    """The reply's confidence: that one of the first three answers."""
    rank: float
    """The place, from 0, of the first hit that answers; infinite if none of the ten does."""
    words_rank: float
    """The same by BM25; infinite too if no passage that answers shares a word with the question."""
    words_best: float
    """The largest part of the question's words that a passage holds, by BM25."""
    is_marked: bool
    """Whether a mark of the first hit touches the words that answer."""
    milliseconds: float
    """What `Retriever.answer` took."""
    encoding_milliseconds: float
    """What the encoder's pass over the question alone took."""

    @property
    def confidence(self) -> float:
        """The first hit's."""
        return self.hits[0].confidence


def ask(
    labelled: Sequence[LabelledArticle], encoder: Encoder, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Every question of every article, in order; `progress(done, total)` counts questions."""
    total, done = sum(len(item.questions) for item in labelled), 0
    for item in labelled:
        if not item.questions:
            continue
        retriever = Retriever.build(item.article, encoder=encoder)
        passages = retriever.passages(item.article)
        words = LexicalIndex(passage.text for passage in passages)
        for question in item.questions:
            yield _outcome(item, question, retriever, passages, words, encoder)
            done += 1
            if progress:
                progress(done, total)


def _outcome(
    item: LabelledArticle,
    question: Question,
    retriever: Retriever,
    passages: Sequence[Passage],
    words: LexicalIndex,
    encoder: Encoder,
) -> Outcome:
    answering = {passage.text for passage in passages if question.is_answered_by(passage)}
    coverage = words.coverage(question.text, range(len(passages)))
    by_words = np.argsort(-coverage, kind="stable")
    # As among the hits, of passages with the same text only the first has a place.
    ranked = dict.fromkeys(passages[row].text for row in by_words if coverage[row])
    started = time.perf_counter()
    encoder.encode([question.text])
    encoded = time.perf_counter()
    reply = retriever.answer(question.text, _HITS)
    hits = reply.hits
    done = time.perf_counter()
    return Outcome(
        item,
        question,
        hits,
        reply.confidence,
        _rank(answering, [hit.passage.text for hit in hits]),
        _rank(answering, ranked),
        float(coverage.max()),
        _is_marked(hits[0], question, passages),
        (done - encoded) * 1000,
        (encoded - started) * 1000,
    )


def _rank(answering: Set[str], texts: Iterable[str]) -> float:
    return next((float(rank) for rank, text in enumerate(texts) if text in answering), math.inf)


def _is_marked(hit: Hit, question: Question, passages: Sequence[Passage]) -> bool:
    """Whether a mark touches the gold words, here or where the same passage stands again."""
    shifts = [p.start - hit.passage.start for p in passages if p.text == hit.passage.text]
    return any(
        first + shift < end and start < last + shift
        for shift, (first, last), (start, end) in product(shifts, hit.marks, question.gold)
    )
