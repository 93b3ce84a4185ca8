"""Ranks the passages of each question's own article, by exact words, by meaning, and by both."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from askarticle import Retriever
from askarticle.encoder import Encoder
from askarticle.retriever import rank, words_weight
from evaluation.datasets import LabelledArticle, Question


@dataclass(frozen=True, slots=True)
class Scored:
    """What the retriever knows of one question's passages: a row for each, in the text's order."""

    article: LabelledArticle
    question: Question
    cosine: NDArray[np.float32]
    coverage: NDArray[np.float32]
    answers: NDArray[np.bool_]

    def rank(self, scores: NDArray[np.float32]) -> float:
        """The place, from 0, of the first passage that answers; a score of 0 finds nothing."""
        if not self.answers.any() or scores[self.answers].max() <= 0:
            return np.inf
        order = np.argsort(-scores, kind="stable")
        return float(np.flatnonzero(self.answers[order])[0])

    def fused(self, weight: float) -> NDArray[np.float32]:
        """The retriever's scores, if exact words had this weight; all above zero."""
        return rank(self.cosine, self.coverage, weight)[1] + 1  # no cosine is below -1

    def ranks(self) -> dict[str, float]:
        """The place by each way of ranking."""
        return {
            "BM25": self.rank(self.coverage),
            "encoder": self.rank(self.fused(0.0)),
            "both": self.rank(self.fused(words_weight(self.question.text))),
        }


def score(labelled: Sequence[LabelledArticle], encoder: Encoder) -> list[Scored]:
    """Every question with its passages' scores; articles of one passage are left out.

    Uses the retriever's own index, so a number here is a number of the product.
    """
    articles = list({item.article.text: item.article for item in labelled}.values())
    retriever = Retriever.build(articles, encoder=encoder)
    asked = [(item, question) for item in labelled for question in item.questions]
    vectors = encoder.encode([question.text for _, question in asked])
    rows_of = {article.text: retriever.passages(article) for article in articles}
    ranges = {
        article.text: rows
        for article, rows in zip(articles, retriever._index.article_rows, strict=True)
    }
    scored = []
    for (item, question), vector in zip(asked, vectors, strict=True):
        passages = rows_of[item.article.text]
        if len(passages) < 2:
            continue
        rows = ranges[item.article.text]
        cosine = retriever._index.similarity(vector, np.arange(rows.start, rows.stop))
        coverage = retriever._lexical.coverage(question.text, rows)
        answers = np.array([question.is_answered_by(passage) for passage in passages])
        scored.append(Scored(item, question, cosine, coverage, answers))
    return scored


def recall(ranks: Sequence[float], k: int) -> tuple[float, float, float]:
    """R@k, and the ends of its bootstrap 95 % interval."""
    hits = np.asarray(ranks) < k
    drawn = np.random.default_rng(0).choice(hits, (1000, len(hits))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(hits.mean()), float(low), float(high)
