"""How the evidence for a passage becomes its score, and the scores a confidence.

A passage's score is its meaning (the cosine of its vector and the question's, and late interaction
of their tokens) plus a weight times the root of the share of the question's words that it holds.
All are absolute, so a question in other words or in another language is ranked by meaning alone,
and a literal one by both; ranks fused by position lose that (measured on XQuAD en: .756 against
.803 first hits). Every number here is fitted by evaluation/calibrate.py on texts that the encoder
was never trained on. It finds nothing itself.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Strictness = Literal["strict", "balanced", "eager"]

# Best on held-out questions (evaluation/calibrate.py), by the question's script. Right first hits
# of Chinese questions on Chinese texts: .700 by cosine alone, .750 with exact words, .767 with late
# interaction too; of English ones on English texts .684, .692, .725. Words of a language with
# spaces are shared by chance more often: at the weight of Chinese it is .697.
_CHINESE_WEIGHT, _OTHER_WEIGHT = 0.7, 0.2
LIKENESS_WEIGHT = 2.0
# A hit's confidence is logistic in its features, by the question's script and whether a judge has
# read it: intercept, and coefficients of cosine, words, late interaction, lead and the judge.
_CONFIDENCE = {
    ("Chinese", False): (-2.64, (3.62, -1.45, 0.43, 4.54)),
    ("other", False): (-4.33, (1.23, -3.49, 6.43, 5.77)),
    ("Chinese", True): (-1.77, (1.60, -0.04, 0.17, 4.36, 0.44)),
    ("other", True): (-3.85, (0.04, -3.29, 6.29, 5.62, 0.27)),
}
# The first hit's confidence from which a reply counts as found. On half of the held-out texts,
# cross-validated, so many questions in Chinese and English are answered, and of near-topic and
# off-topic ones left unanswered: strict .68 .77, .61 .56, .90 .87; balanced .81 .88, .48 .44,
# .81 .77; eager .98 .98, .19 .14, .50 .45. Without the judge balanced leaves .28 .25 of the near.
FOUND_FROM: dict[Strictness, float] = {"strict": 0.4, "balanced": 0.3, "eager": 0.15}


class Evidence(NamedTuple):
    """What is known of n passages for one question."""

    cosine: NDArray[np.float32]
    """[n], -1 to 1: of the passage's vector and the question's."""
    coverage: NDArray[np.float32]
    """[n], 0 to 1: the part of the question's words that the passage holds, by BM25."""
    likeness: NDArray[np.float32]
    """[n], -1 to 1: late interaction; 0 where it wasn't worth looking."""
    judged: NDArray[np.float32] | None = None
    """[n]: by how much the judge raises the log-odds that it answers; where it wasn't worth asking,
    as the lowest that was asked. None if there is no judge."""

    def words(self, question: str) -> NDArray[np.float32]:
        """[n]: what exact words add to the score.

        The root of the share beats the share itself (.688 against .677 first hits): the first
        shared words say most.
        """
        return np.float32(words_weight(question)) * np.sqrt(self.coverage)

    def meaning(self) -> NDArray[np.float32]:
        """[n]: what meaning adds to the score."""
        return self.cosine + np.float32(LIKENESS_WEIGHT) * self.likeness

    def scores(self, question: str) -> NDArray[np.float32]:
        """[n]: higher is better."""
        return self.meaning() + self.words(question)

    def features(self, question: str) -> NDArray[np.float32]:
        """[n, 4 or 5]: what a confidence is made of.

        Cosine, root of the coverage, late interaction, the lead (the score less that of the best
        other passage) and, if there is one, what the judge says.
        """
        scores = self.scores(question)
        best = np.argsort(-scores, kind="stable")[:2]
        others = np.full_like(scores, scores[best[0]])
        others[best[0]] = scores[best[-1]]  # a single passage has no lead
        columns = [self.cosine, np.sqrt(self.coverage), self.likeness, scores - others]
        return np.stack(columns if self.judged is None else [*columns, self.judged], axis=1)


def is_chinese(question: str) -> bool:
    """Whether there is a Han character in it."""
    return any("\u4e00" <= char <= "\u9fff" for char in question)


def words_weight(question: str) -> float:
    """What exact words count for, beside meaning, in ranking the passages of a question."""
    return _CHINESE_WEIGHT if is_chinese(question) else _OTHER_WEIGHT


def confidence(question: str, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """[n], 0 to 1: the probability that each passage answers, from its row of features."""
    script = "Chinese" if is_chinese(question) else "other"
    intercept, coefficients = _CONFIDENCE[script, features.shape[1] > 4]
    logit = intercept + features.astype(np.float64) @ coefficients
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-logit))
    return probability
