"""Fits the weight of exact words and the confidence: `python -m evaluation.calibrate QUESTIONS`.

QUESTIONS are reader questions as JSON lines. Only the texts of the fold that the encoder was never
trained on are used (sha1 of the id, as an integer, divisible by 5): on questions it has learnt, any
confidence is too sure. Each text is also asked two questions of another, which are off its topic.
What is printed is cross-validated by article; the numbers to ship are fitted on all of the fold.
"""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from askarticle import load_encoder
from askarticle.retriever import rank, words_weight
from evaluation.datasets import LabelledArticle, Question, read
from evaluation.measure import Scored, score

_FOLDS = 5
_OFF_TOPIC = 2  # questions of another text asked of each
_HITS = 5  # of each question that the confidence is fitted on


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    labelled = held_out(read(parser.parse_args().questions))
    scored = score(with_off_topic(labelled), load_encoder())
    answerable = [item for item in scored if item.answers.any()]
    print(f"{len(labelled)} texts, {len(scored)} questions, {len(answerable)} answerable")

    print("\nweight of exact words: first hits, all and by kind")
    for weight in (0.0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0):
        print(f"  {weight:4.2f}  {_first_hits(answerable, weight)}")

    features, labels, owners, ranks = confidence_data(scored)
    predicted = np.zeros(len(labels))
    fold = np.array([_digest(scored[owner].article.id + "cv") % _FOLDS for owner in owners])
    for number in range(_FOLDS):
        model = _fit(features[fold != number], labels[fold != number])
        predicted[fold == number] = model.predict_proba(features[fold == number])[:, 1]
    print("\nconfidence, cross-validated by article")
    print(
        f"  calibration error, 10 bins: {calibration_error(predicted, labels):.3f} (all hits), "
        f"{calibration_error(predicted[ranks == 0], labels[ranks == 0]):.3f} (first hits)"
    )
    first = predicted[ranks == 0]
    kinds = np.array([item.question.kind for item in scored])
    for kind in ("unanswerable", "off-topic"):
        known = np.array([item.answers.any() for item in scored]) | (kinds == kind)
        auroc = roc_auc_score(kinds[known] != kind, first[known])
        print(f"  AUROC of answerable against {kind}: {auroc:.3f}")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        cells = [
            f"{kind} {np.mean(first[kinds == kind] >= threshold):.2f}"
            for kind in ("chinese", "english", "unanswerable", "off-topic")
        ]
        print(f"  replies at {threshold:.2f}: {'  '.join(cells)}")
    model = _fit(features, labels)
    print(
        "\nto ship: intercept",
        *np.round(model.intercept_, 2),
        "coefficients",
        *np.round(model.coef_[0], 2),
    )


def held_out(labelled: Sequence[LabelledArticle]) -> list[LabelledArticle]:
    """The fold that no encoder is trained on."""
    return [item for item in labelled if _digest(item.id) % 5 == 0]


def with_off_topic(labelled: Sequence[LabelledArticle]) -> list[LabelledArticle]:
    """Each article also asked the first questions of one far off, which it doesn't answer."""
    half = len(labelled) // 2
    return [
        replace(
            item,
            questions=(
                *item.questions,
                *(Question(q.text, "off-topic", ()) for q in other.questions[:_OFF_TOPIC]),
            ),
        )
        for item, other in zip(labelled, [*labelled[half:], *labelled[:half]], strict=True)
    ]


def confidence_data(
    scored: Sequence[Scored],
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """For the first hits of every question: features, whether it answers, whose it is, its rank."""
    features, labels, owners, ranks = [], [], [], []
    for owner, item in enumerate(scored):
        order, _, rows = rank(item.cosine, item.coverage, words_weight(item.question.text))
        order = order[:_HITS]
        features.append(rows[order])
        labels.append(item.answers[order])
        owners += [owner] * len(order)
        ranks += range(len(order))
    return np.concatenate(features), np.concatenate(labels), np.array(owners), np.array(ranks)


def calibration_error(predicted: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """Mean distance, over ten equal bins weighted by size, of confidence and the share right."""
    bins = np.minimum((predicted * 10).astype(int), 9)
    return float(
        sum(
            abs(predicted[bins == b].mean() - labels[bins == b].mean()) * np.mean(bins == b)
            for b in np.unique(bins)
        )
    )


def _fit(features: NDArray[np.float64], labels: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=100.0, max_iter=1000).fit(features, labels)


def _first_hits(scored: Sequence[Scored], weight: float) -> str:
    kinds = ("chinese", "english")
    firsts = {
        kind: [item.rank(item.fused(weight)) < 1 for item in scored if item.question.kind == kind]
        for kind in kinds
    }
    every = [first for kind in kinds for first in firsts[kind]]
    return f"{np.mean(every):.3f}  " + "  ".join(f"{k} {np.mean(firsts[k]):.3f}" for k in kinds)


def _digest(text: str) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
