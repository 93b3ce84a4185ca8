"""Fits the weights of the score and the confidence: `python -m evaluation.calibrate FOLDER`.

FOLDER is the training data (training/README.md). Only texts of the fold that the encoder was never
trained on are used: on questions it has learnt, any confidence is too sure. Each text is also asked
two questions of another, which are off its topic.
What is printed is cross-validated by article; the numbers to ship are fitted on all of the fold.
"""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from askarticle import Article, load_encoder
from askarticle.evaluating.datasets import LabelledArticle, Question
from askarticle.evaluating.metrics import calibration_error
from evaluation.measure import Scored, score
from training import data

_FOLDS = 5
_OFF_TOPIC = 2  # questions of another text asked of each
_HITS = 5  # of each question that the confidence is fitted on
_ANSWERABLE = ("chinese", "english")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    labelled = held_out(parser.parse_args().folder)
    scored = list(score(with_off_topic(labelled), load_encoder()))
    answerable = [item for item in scored if item.answers.any()]
    print(f"{len(labelled)} texts, {len(scored)} questions, {len(answerable)} answerable")
    for language in ("zh", "en"):
        _print_weights([item for item in answerable if item.question.language == language])
    _print_confidence(scored)


def _print_weights(answerable: Sequence[Scored]) -> None:
    """First hits by the weights of late interaction (rows) and exact words (columns)."""
    words = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
    print(f"\n{len(answerable)} questions: first hits; late interaction by exact words")
    print("       " + "  ".join(f"{weight:5.2f}" for weight in words))
    rows: dict[float, list[str]] = {}
    for likeness, weight in product((0.0, 0.5, 1.0, 1.5, 2.0, 3.0), words):
        firsts = [
            item.rank(e.cosine + likeness * e.likeness + weight * np.sqrt(e.coverage)) < 1
            for item in answerable
            for e in [item.evidence]
        ]
        rows.setdefault(likeness, []).append(f"{np.mean(firsts):.3f}")
    for likeness, cells in rows.items():
        print(f"  {likeness:4.2f} {'  '.join(cells)}")


def _print_confidence(scored: Sequence[Scored]) -> None:
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
    languages = np.array([item.question.language for item in scored])
    can = np.array([item.answers.any() for item in scored])
    for kind, language in product(("unanswerable", "off-topic"), ("zh", "en")):
        known = (can | (kinds == kind)) & (languages == language)
        auroc = roc_auc_score(kinds[known] != kind, first[known])
        print(f"  AUROC of answerable against {kind}, {language}: {auroc:.3f}")
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        cells = [
            f"{kind} {np.mean(first[kinds == kind] >= threshold):.2f}"
            for kind in (*_ANSWERABLE, "unanswerable", "off-topic")
        ]
        print(f"  replies at {threshold:.2f}: {'  '.join(cells)}")
    model = _fit(features, labels)
    print(
        "\nto ship: intercept",
        *np.round(model.intercept_, 2),
        "coefficients",
        *np.round(model.coef_[0], 2),
    )


def held_out(folder: Path) -> list[LabelledArticle]:
    """The texts of the fold that no encoder is trained on, with their questions."""
    found: dict[str, LabelledArticle] = {}
    for text_id, text, questions in data.texts_with_questions(folder):
        if data.is_held_out(text_id):
            asked = tuple(
                Question(q["question"], q["kind"], tuple((a, b) for a, b in q["gold"]))
                for q in questions
            )
            found.setdefault(text, LabelledArticle(text_id, Article(text), asked))
    return list(found.values())


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
        order = np.argsort(-item.evidence.scores(item.question.text), kind="stable")[:_HITS]
        features.append(item.evidence.features(item.question.text)[order])
        labels.append(item.answers[order])
        owners += [owner] * len(order)
        ranks += range(len(order))
    return np.concatenate(features), np.concatenate(labels), np.array(owners), np.array(ranks)


def _fit(features: NDArray[np.float64], labels: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=100.0, max_iter=1000).fit(features, labels)


def _digest(text: str) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
