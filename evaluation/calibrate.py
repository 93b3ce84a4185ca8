"""Fits the weights of the score and the confidence: `python -m evaluation.calibrate FOLDER`.

FOLDER is the training data (training/README.md). Only texts of the fold are used, about which no
question is trained on: on questions it has learnt, any confidence is too sure. Each text is also
asked two questions of another, which are off its topic.
What is printed is cross-validated by article; `--write` ships the curves fitted on all texts taken.
`--plots docs` draws, from the same pass, how reliable they are and how many questions are answered.
A new encoder's judge is trained beside the curves that do without one: they come first, by
`--without-judge --write`.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from askarticle import Article, load_encoder
from askarticle.confidence import CURVES, FEATURES, languages_of, log_odds
from askarticle.evaluating.datasets import LabelledArticle, Question
from askarticle.evaluating.metrics import auroc, calibration_error, reliability
from askarticle.reply import SUMMED
from evaluation import plots
from evaluation.measure import Scored, score
from training import data

_FOLDS = 5
_OFF_TOPIC = 2  # questions of another text asked of each
_HITS = 5  # of each question that the confidence is fitted on
_LANGUAGES = ("zh", "en")
_QUANTILES = (0.02, 0.2, 0.4, 0.6, 0.8, 0.98)  # of a feature: between them its curve is straight
_FALLING = ("spread",)
_SHRINK = 1e-4


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--plots", type=Path, metavar="DIR", help="draw the curves into this folder"
    )
    parser.add_argument("--write", action="store_true", help="replace the curves that ship")
    parser.add_argument("--without-judge", action="store_true", help="leave its curves as they are")
    parser.add_argument("--texts", type=int, metavar="N", help="only some N texts, for a look")
    options = parser.parse_args(arguments)
    labelled = held_out(options.folder)
    if options.texts:  # by chance: texts in two languages stand in turn
        labelled = sorted(labelled, key=lambda item: _digest(item.id))[: options.texts]
    asked = with_off_topic(labelled)
    scored = list(score(asked, load_encoder(), with_judge=not options.without_judge))
    answerable = [item for item in scored if item.question.gold]
    print(f"{len(labelled)} texts, {len(scored)} questions, {len(answerable)} answerable")
    for language in _LANGUAGES:
        _print_weights([item for item in answerable if item.question.language == language])
    if any(item.evidence.judged is not None for item in scored):
        print("\nwithout the judge, as with another encoder")
        _print_confidence([without_judge(item) for item in scored])
        print("\nwith the judge")
    sure = _print_confidence(scored)
    if options.plots:
        _draw(scored, sure, options.plots)
    if options.write:
        _write(scored)


def _print_weights(answerable: Sequence[Scored]) -> None:
    """First hits by the weights of late interaction (rows) and exact words (columns)."""
    words = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
    print(f"\n{len(answerable)} questions: first hits; late interaction by exact words")
    print("       " + "  ".join(f"{weight:5.2f}" for weight in words))
    rows: dict[float, list[str]] = {}
    for likeness, weight in product((0.0, 1.5, 2.0, 2.6, 3.5), words):
        scores = [
            (item, e.cosine + likeness * (e.likeness + e.context) + weight * np.sqrt(e.coverage))
            for item in answerable
            for e in [item.evidence]
        ]
        rows.setdefault(likeness, []).append(
            f"{np.mean([item.rank(row) < 1 for item, row in scores]):.3f}"
        )
    for likeness, cells in rows.items():
        print(f"  {likeness:4.2f} {'  '.join(cells)}")
    judges = [
        (item, item.evidence.scores(item.question.text), item.evidence.judged)
        for item in answerable
        if item.evidence.judged is not None
    ]
    for weight in (0.0, 0.02, 0.05, 0.1, 0.2) if judges else ():
        rights = [
            item.rank(scores + np.float32(weight) * judged) < 1
            for item, scores, judged in judges
            if judged is not None
        ]
        print(f"  the shipped weights, and {weight:.2f} times the judge: {np.mean(rights):.3f}")


def without_judge(item: Scored) -> Scored:
    """The same question as if no judge had read the passages."""
    return replace(item, evidence=item.evidence._replace(judged=None))


class Sure(NamedTuple):
    """How sure each question's first hit and its reply are, cross-validated by article."""

    first: NDArray[np.float64]
    reply: NDArray[np.float64]


def _print_confidence(scored: Sequence[Scored]) -> Sure:
    """Prints and returns it. Chinese, other, and across the two are fitted apart."""
    features, labels, owners, ranks = confidence_data(scored)
    fold = np.array([_digest(scored[owner].article.id + "cv") % _FOLDS for owner in owners])
    languages = np.array([item.question.language for item in scored])
    predicted = np.zeros(len(labels))
    pairs = np.array([_pair(item) for item in scored])
    for pair in np.unique(pairs):
        own = pairs[owners] == pair
        for number in np.unique(fold[own]):
            learnt, left = own & (fold != number), own & (fold == number)
            curves = fit(features[learnt], labels[learnt])
            predicted[left] = expit(log_odds(curves, features[left]))
    print("confidence, cross-validated by article")
    summed = np.bincount(owners, np.where(ranks < SUMMED, predicted, 0), len(scored))
    sure = Sure(predicted[ranks == 0], np.minimum(summed, 1))
    first = sure.first
    for name, chosen in (("all", languages != ""), *((n, languages == n) for n in _LANGUAGES)):
        every, of_first = chosen[owners], labels[ranks == 0][chosen]
        print(
            f"  calibration error, 10 bins, {name}: "
            f"{calibration_error(predicted[every], labels[every]):.3f} (all hits), "
            f"{calibration_error(first[chosen], of_first):.3f} (first hits)"
        )
    for language in _LANGUAGES:
        kinds = _by_kind(scored, sure.reply, language)
        firsts = _by_kind(scored, first, language)
        for kind in [*kinds][1:]:
            told = (auroc(of["answerable"], of[kind]) for of in (firsts, kinds))
            shown = "{:.3f} by the first hit, {:.3f} by the reply".format(*told)
            print(f"  AUROC of answerable against {kind}, {language}: {shown}")
        for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
            cells = [f"{kind} {np.mean(sure >= threshold):.2f}" for kind, sure in kinds.items()]
            print(f"  replies at {threshold:.2f}, {language}: {'  '.join(cells)}")
    return sure


def _write(scored: Sequence[Scored]) -> None:
    """Replaces the package's curves by those fitted on all of the questions."""
    shipped = json.loads(CURVES.read_text(encoding="utf-8")) if CURVES.exists() else {}
    for pair in sorted({_pair(item) for item in scored}):
        of = [item for item in scored if _pair(item) == pair]
        features, labels, _, _ = confidence_data([without_judge(item) for item in of])
        shipped.setdefault(pair, {})["unjudged"] = fit(features, labels)
        features, labels, _, _ = confidence_data(of)
        if features.shape[1] == len(FEATURES):
            shipped[pair]["judged"] = fit(features, labels)
    CURVES.write_text(json.dumps(shipped, indent=1) + "\n", encoding="utf-8")
    print(f"written: {CURVES}")


def _pair(item: Scored) -> str:
    return languages_of(item.question.text, item.article.article.text)


def _by_kind(
    scored: Sequence[Scored], sure: NDArray[np.float64], language: str
) -> dict[str, NDArray[np.float64]]:
    """How sure the answerable, near- and off-topic questions of one language are."""
    found: dict[str, list[float]] = {"answerable": [], "near-topic": [], "off-topic": []}
    for item, of in zip(scored, sure, strict=True):
        if item.question.language == language:
            off = "off-topic" if item.question.kind == "off-topic" else "near-topic"
            found["answerable" if item.question.gold else off].append(of)
    return {kind: np.array(values) for kind, values in found.items() if values}


def _draw(scored: Sequence[Scored], sure: Sure, folder: Path) -> None:
    right = np.array([item.rank(item.evidence.scores(item.question.text)) == 0 for item in scored])
    languages = np.array([item.question.language for item in scored])
    of = {name: languages == name for name in _LANGUAGES}
    bins = {name: reliability(sure.first[own], right[own]) for name, own in of.items()}
    kinds = {name: _by_kind(scored, sure.reply, name) for name in _LANGUAGES}
    pictures = {"reliability": plots.reliability(bins), "answered": plots.answered(kinds)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        print(f"drawn: {folder / name}.svg")


def held_out(folder: Path) -> list[LabelledArticle]:
    """The texts of the fold, with their questions."""
    found: dict[str, LabelledArticle] = {}
    for text_id, text, questions in data.fold(folder):
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
    features, labels = [], []
    owners: list[int] = []
    ranks: list[int] = []
    for owner, item in enumerate(scored):
        order = np.argsort(-item.evidence.scores(item.question.text), kind="stable")[:_HITS]
        features.append(item.evidence.features(item.question.text)[order])
        labels.append(item.answers[order])
        owners += [owner] * len(order)
        ranks += range(len(order))
    return np.concatenate(features), np.concatenate(labels), np.array(owners), np.array(ranks)


def fit(features: NDArray[np.floating], labels: NDArray[np.bool_]) -> dict[str, Any]:
    """The curves of `askarticle.confidence.log_odds` under which the labels are likeliest.

    Logistic regression on how far each feature has come between neighbouring quantiles, with
    weights that can't be negative: so each curve rises, or falls if it must.
    """
    names = FEATURES[: features.shape[1]]
    signs = [-1 if name in _FALLING else 1 for name in names]
    columns = [column.astype(np.float64) for column in features.T]
    knots = [np.unique(np.quantile(column, _QUANTILES).round(3)) for column in columns]
    steps = [
        sign * np.clip((column[:, None] - at[:-1]) / np.diff(at), 0, 1)
        for column, at, sign in zip(columns, knots, signs, strict=True)
    ]
    design = np.column_stack([np.ones(len(labels)), *steps])
    side = np.where(labels, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = side * (design @ weights)
        slope = design.T @ (-side * expit(-margin)) / len(side)
        shrunk = np.concatenate([[0.0], weights[1:]])
        value = np.logaddexp(0, -margin).mean() + _SHRINK * (shrunk**2).sum()
        return float(value), slope + 2 * _SHRINK * shrunk

    bounds = [(None, None)] + [(0, None)] * (design.shape[1] - 1)
    found = minimize(
        loss, np.zeros(len(bounds)), jac=True, bounds=bounds, options={"maxiter": 1000}
    )
    weights = np.split(found.x[1:], np.cumsum([len(at) - 1 for at in knots])[:-1])
    curves = {
        name: [at.tolist(), np.cumsum([0, *(sign * rise)]).round(3).tolist()]
        for name, at, rise, sign in zip(names, knots, weights, signs, strict=True)
    }
    return {"intercept": round(float(found.x[0]), 3), **curves}


def _digest(text: str) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
