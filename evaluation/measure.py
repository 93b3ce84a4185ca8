"""Ranks the passages of each question's own article, part by part of what the retriever knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from askarticle import Retriever
from askarticle.encoder import Encoder
from askarticle.evaluating.datasets import LabelledArticle, Question
from askarticle.ranking import Evidence


@dataclass(frozen=True, slots=True)
class Scored:
    """What the retriever knows of one question's passages: a row for each, in the text's order."""

    article: LabelledArticle
    question: Question
    evidence: Evidence
    answers: NDArray[np.bool_]
    numbers: NDArray[np.int64]
    """[rows]: the passages' places in the text; those that repeat a better one are left out."""

    def rank(self, scores: NDArray[np.floating]) -> float:
        """The place, from 0, of the first passage that answers; infinite if none does."""
        if not self.answers.any():
            return np.inf
        order = np.argsort(-scores, kind="stable")
        return float(np.flatnonzero(self.answers[order])[0])

    def ranks(self) -> dict[str, float]:
        """The place by each way of ranking. Exact words find nothing where no word is shared."""
        evidence = self.evidence
        shared = bool(evidence.coverage[self.answers].any())
        return {
            "BM25": self.rank(evidence.coverage) if shared else np.inf,
            "encoder": self.rank(evidence.cosine),
            "askarticle": self.rank(evidence.scores(self.question.text)),
        }


def score(
    labelled: Sequence[LabelledArticle], encoder: Encoder, *, with_judge: bool = True
) -> Iterator[Scored]:
    """Every question with its passages' scores; articles of one passage are left out.

    The judge, which doesn't rank, takes half of the time.

    Uses the retriever's own evidence, so a number here is a number of the product; each article is
    encoded once.
    """
    judged = 8 if with_judge else 0
    for item in tqdm(labelled, desc="articles", leave=False):
        retriever = Retriever.build(item.article, encoder=encoder)
        passages = retriever.passages(item.article)
        if len(passages) < 2:
            continue
        rows = range(len(passages))
        texts = [question.text for question in item.questions]
        for question, asked in zip(item.questions, encoder.tokens(texts), strict=True):
            pool, evidence, _ = retriever._search.gather(
                question.text, asked, rows, len(rows), judged
            )
            # Of passages with the same text the pool has the first.
            answering = {p.text for p in passages if question.is_answered_by(p)}
            answers = np.array([passages[row].text in answering for row in pool])
            yield Scored(item, question, evidence, answers, pool)
