"""How likely a hit answers: the log-odds of all that is known of it, each read off a curve.

Every curve rises with its evidence (that of the spread falls), so more evidence never makes a hit
less sure. On the questions it is fitted on, those that a text doesn't answer hold more of its words
than the others; a fit free to take that for a sign told more of them (without the judge, AUROC .77
against .71 in Chinese) and gave literal questions, four in five of which had a right hit, .50.
The curves are in confidence.json, which evaluation/calibrate.py writes.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from askarticle.ranking import is_chinese

Strictness = Literal["strict", "balanced", "eager"]

# The columns of Evidence.features, in order; the last only if a judge has read the passage.
FEATURES = ("cosine", "words", "late interaction", "lead", "spread", "judge")
CURVES = Path(__file__).with_name("confidence.json")
# The reply's confidence from which it counts as found. On the held-out texts,
# cross-validated, so many questions in Chinese and English are answered, and of near-topic and
# off-topic ones left unanswered: strict .72 .82, .80 .77, .93 .95; balanced .90 .94, .64 .63,
# .82 .88; eager .97 .99, .47 .43, .64 .75. Without the judge balanced leaves .29 .30 of the near.
FOUND_FROM: dict[Strictness, float] = {"strict": 0.7, "balanced": 0.5, "eager": 0.3}


def confidence(
    question: str, passages: Sequence[str], features: NDArray[np.float32]
) -> NDArray[np.float64]:
    """[n], 0 to 1: the probability that each passage answers, from its row of features."""
    odds = np.empty(len(passages))
    languages = np.array([languages_of(question, passage) for passage in passages])
    for name in set(languages.tolist()):
        of = languages == name
        odds[of] = log_odds(curves_for(name, features), features[of])
    found: NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return found


def languages_of(question: str, text: str) -> str:
    """Which curves hold: "Chinese" or "other" if both texts are, else "across".

    A question shares no words with a text in another language, and its likeness is of another size.
    """
    if is_chinese(question) != is_chinese(text):
        return "across"
    return "Chinese" if is_chinese(question) else "other"


def curves_for(languages: str, features: NDArray[np.float32]) -> Mapping[str, Any]:
    """The curves for what `languages_of` says and for what is known of the passages."""
    judged = "judged" if features.shape[1] == len(FEATURES) else "unjudged"
    curves: Mapping[str, Any] = _fitted()[languages][judged]
    return curves


def log_odds(curves: Mapping[str, Any], features: NDArray[np.floating]) -> NDArray[np.float64]:
    """[n]: by these curves, each two rows of equal length (where, log-odds there)."""
    found = np.full(len(features), curves["intercept"], np.float64)
    for name, column in zip(FEATURES, features.T, strict=False):
        found += np.interp(column, *curves[name])
    return found


@lru_cache(maxsize=1)
def _fitted() -> Any:
    return json.loads(CURVES.read_text(encoding="utf-8"))
