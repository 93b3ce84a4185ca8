"""What a set's outcomes come to, as JSON. It asks nothing; `report` makes it a text for readers."""

import math
import re
import statistics
from collections.abc import Iterator, Sequence, Set
from typing import Any

import numpy as np

from askarticle.confidence import FOUND_FROM
from askarticle.evaluating.asking import Outcome
from askarticle.evaluating.metrics import auroc, calibration_error, mean, reciprocal_ranks
from askarticle.passages import split

_PLAIN_CUT = re.compile(r"(?<=[。！？；])|(?<=[.!?])\s|\n")
_MEASURES = ("R@1", "R@3", "R@5", "MRR@10")

Of = dict[str, str | None]
"""Which questions: their "kind" and "language", None for several."""


def summary(outcomes: Sequence[Outcome], *, misses: int = 0) -> dict[str, Any]:
    """All figures of one set, as JSON; those that it has no questions for are empty.

    A row's `kind` or `language` is null if it is of several. Estimates are [value, low, high], and
    everything but counts, lengths and times lies between 0 and 1. `misses` answerable questions
    whose first hit is wrong are listed.
    """
    answerable = [item for item in outcomes if item.question.gold]
    unanswerable = [item for item in outcomes if item.question.is_unanswerable]
    texts = {item.article.article.text for item in outcomes}
    return {
        "articles": len(texts),
        "questions": len(outcomes),
        "passage_characters": _lengths(texts),
        "ranking": [_ranking(*group) for group in _groups(answerable)],
        "abstention": [
            _abstention(of, found, against)
            for of, found in _groups(unanswerable, "unanswerable")
            if (against := [item for item in answerable if _is_of(item, of["language"])])
        ],
        "answered": [
            *(_answered(*group) for group in _languages(answerable, "answerable")),
            *(_answered(*group) for group in _groups(unanswerable, "unanswerable")),
        ],
        "confidence": [_confidence(*group) for group in _languages(answerable + unanswerable)],
        "marks": _marks([item for item in answerable if item.rank == 0]),
        "rated_down": _rated_down([item for item in outcomes if item.question.wrong]),
        "milliseconds": _milliseconds(outcomes),
        "misses": [_miss(item) for item in answerable if item.rank > 0][:misses],
    }


def _groups(
    outcomes: Sequence[Outcome], name: str | None = None
) -> Iterator[tuple[Of, list[Outcome]]]:
    """All, under this name, by language, and by kind and language; or those of their only kind."""
    kinds = [*dict.fromkeys(item.question.kind for item in outcomes)]
    if len(kinds) > 1:
        yield from _languages(outcomes, name)
    for kind in kinds:
        yield from _languages([item for item in outcomes if item.question.kind == kind], kind)


def _languages(
    outcomes: Sequence[Outcome], kind: str | None = None
) -> Iterator[tuple[Of, list[Outcome]]]:
    """All, if they are in several languages, and those of each."""
    languages: list[str | None] = [*dict.fromkeys(item.question.language for item in outcomes)]
    for language in [None, *languages] if len(languages) > 1 else languages:
        found = [item for item in outcomes if _is_of(item, language)]
        yield {"kind": kind, "language": language}, found


def _is_of(item: Outcome, language: str | None) -> bool:
    return language in (None, item.question.language)


def _ranking(of: Of, found: Sequence[Outcome]) -> dict[str, Any]:
    values = {
        system: np.stack([*(np.less(ranks, k) for k in (1, 3, 5)), reciprocal_ranks(ranks)])
        for system, ranks in (
            ("BM25", [item.words_rank for item in found]),
            ("askarticle", [item.rank for item in found]),
        )
    }
    values["difference"] = values["askarticle"] - values["BM25"]
    estimates = {
        system: dict(zip(_MEASURES, map(mean, rows), strict=True))
        for system, rows in values.items()
    }
    return {**of, "questions": len(found), **estimates}


def _abstention(of: Of, found: Sequence[Outcome], against: Sequence[Outcome]) -> dict[str, Any]:
    """AUROC: how often an answerable question is surer than an unanswerable one, by the share of
    words (BM25), the first hit, and the whole reply."""
    return {
        **of,
        "questions": len(found),
        "answerable": len(against),
        "BM25": auroc([a.words_best for a in against], [a.words_best for a in found]),
        "first hit": auroc([a.confidence for a in against], [a.confidence for a in found]),
        "reply": auroc([a.answered for a in against], [a.answered for a in found]),
    }


def _answered(of: Of, found: Sequence[Outcome]) -> dict[str, Any]:
    confidence = np.array([item.answered for item in found])
    shares = {str(word): float((confidence >= p).mean()) for word, p in FOUND_FROM.items()}
    return {**of, "questions": len(found), **shares}


def _confidence(of: Of, found: Sequence[Outcome]) -> dict[str, Any]:
    """Of first hits: a question that the article doesn't answer has no right one."""
    confidence = np.array([item.confidence for item in found])
    right = np.array([item.rank == 0 for item in found])
    error = calibration_error(confidence, right)
    return {**of, "questions": len(found), "calibration_error": error}


def _marks(right: Sequence[Outcome]) -> dict[str, Any]:
    """Of right first hits: whether the marks touch the gold words, and how much they cover."""
    if not right:
        return {}
    covered = [
        sum(end - start for start, end in hit.marks) / len(hit.passage.text)
        for hit in (item.hits[0] for item in right)
    ]
    return {
        "right_first_hits": len(right),
        "touching": mean([item.is_marked for item in right]),
        "share_marked": statistics.mean(covered),
    }


def _rated_down(rated: Sequence[Outcome]) -> dict[str, int]:
    again = [
        any(
            hit.passage.start < end and start < hit.passage.end
            for start, end in item.question.wrong
        )
        for item in rated
        for hit in item.hits[:1]
    ]
    return {"questions": len(rated), "still_first": sum(again)} if rated else {}


def _milliseconds(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Medians of a question, ten hits with their marks, and of the encoder's pass over it alone."""
    whole = statistics.median(item.milliseconds for item in outcomes)
    encoding = statistics.median(item.encoding_milliseconds for item in outcomes)
    return {"question": whole, "encoder": encoding, "ratio": whole / encoding}


def _lengths(texts: Set[str]) -> dict[str, float]:
    """Mean length of a passage, ours and of a cut at each 。！？； or . ! ?, in characters."""
    ours = [len(passage.text) for text in texts for passage in split(text)]
    plain = [len(cut.strip()) for text in texts for cut in _PLAIN_CUT.split(text) if cut.strip()]
    return {"askarticle": statistics.mean(ours), "plain_cut": statistics.mean(plain)}


def _miss(item: Outcome) -> dict[str, Any]:
    text = item.article.article.text
    return {
        "article": item.article.id,
        "question": item.question.text,
        "kind": item.question.kind,
        "language": item.question.language,
        "expected": [text[start:end] for start, end in item.question.gold],
        "place": int(item.rank) + 1 if item.rank < math.inf else None,
        "first": item.hits[0].passage.text,
        "confidence": item.confidence,
    }
