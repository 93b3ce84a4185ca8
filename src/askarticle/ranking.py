"""How the evidence for a passage becomes its score.

A passage's score is its meaning (the cosine of its vector and the question's, and late interaction
of their tokens) plus a weight times the root of the share of the question's words that it holds.
All are absolute, so a question in other words or in another language is ranked by meaning alone,
and a literal one by both; ranks fused by position lose that (measured on XQuAD en: .756 against
.803 first hits). Every number here is fitted by evaluation/calibrate.py on texts that the encoder
was never trained on. It finds nothing itself.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from askarticle.late_interaction import gains

# Best on held-out questions (evaluation/calibrate.py), by the question's script. Right first hits
# of Chinese questions (1,700): .672 by cosine alone, .708 with exact words, .749 with late
# interaction and the neighbours too; of English ones (1,238) .707, .709, .754. Words of a language
# with spaces are shared by chance more often: at the weight of Chinese it is .733.
_CHINESE_WEIGHT, _OTHER_WEIGHT = 1.0, 0.2
LIKENESS_WEIGHT = 2.6
# What the passage before says likelier than the passage itself counts by this part, and what the
# one after says: "he" is named, and what "it" rose to is asked, a sentence earlier. Right hits
# among three rise from .918 to .923 in Chinese, from .911 to .926 in English.
BEFORE_SHARE, AFTER_SHARE = 0.55, 0.17


def context_of(
    own: NDArray[np.float32], before: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    """[n], from 0: `Evidence.context`, from the best matches [n, question's tokens] of n passages,
    of those before and of those after them; -1 where there is none."""
    context: NDArray[np.float32] = BEFORE_SHARE * gains(own, before)
    return context + AFTER_SHARE * gains(own, after)


class Evidence(NamedTuple):
    """What is known of n passages for one question."""

    cosine: NDArray[np.float32]
    """[n], -1 to 1: of the passage's vector and the question's."""
    coverage: NDArray[np.float32]
    """[n], 0 to 1: the part of the question's words that the passage holds, by BM25."""
    likeness: NDArray[np.float32]
    """[n], -1 to 1: late interaction; 0 where it wasn't worth looking."""
    context: NDArray[np.float32]
    """[n], from 0: what late interaction gains by the passages before and after; else 0."""
    spread: NDArray[np.float32]
    """[n], from 0: how unevenly it finds the question's tokens (their standard deviation); else 0.
    It doesn't rank: a question on the topic that isn't answered finds its names and little else."""
    judged: NDArray[np.float32] | None = None
    """[n]: by how much the judge raises the log-odds that it answers; where it wasn't worth asking,
    as the lowest that was asked. None if there is no judge."""

    @classmethod
    def first(cls, cosine: NDArray[np.float32], coverage: NDArray[np.float32]) -> "Evidence":
        """What is known before any passage is looked at again; both are [n]."""
        return cls(cosine, coverage, *np.zeros((3, len(cosine)), np.float32))

    def words(self, question: str) -> NDArray[np.float32]:
        """[n]: what exact words add to the score.

        The root of the share, since the first shared words say most: without late interaction it
        beat the share itself (.688 against .677 first hits), with it hardly (.748 against .747).
        """
        return np.float32(words_weight(question)) * np.sqrt(self.coverage)

    def meaning(self) -> NDArray[np.float32]:
        """[n]: what meaning adds to the score."""
        return self.cosine + np.float32(LIKENESS_WEIGHT) * (self.likeness + self.context)

    def scores(self, question: str) -> NDArray[np.float32]:
        """[n]: higher is better."""
        return self.meaning() + self.words(question)

    def features(self, question: str) -> NDArray[np.float32]:
        """[n, 5 or 6]: what a confidence is made of.

        Cosine, root of the coverage, late interaction, the lead (the score less that of the best
        other passage), the spread and, if there is one, what the judge says.
        """
        scores = self.scores(question)
        best = np.argsort(-scores, kind="stable")[:2]
        others = np.full_like(scores, scores[best[0]])
        others[best[0]] = scores[best[-1]]  # a single passage has no lead
        lead = scores - others
        columns = [self.cosine, np.sqrt(self.coverage), self.likeness, lead, self.spread]
        return np.stack(columns if self.judged is None else [*columns, self.judged], axis=1)


def is_chinese(question: str) -> bool:
    """Whether there is a Han character in it."""
    return any("\u4e00" <= char <= "\u9fff" for char in question)


def words_weight(question: str) -> float:
    """What exact words count for, beside meaning, in ranking the passages of a question."""
    return _CHINESE_WEIGHT if is_chinese(question) else _OTHER_WEIGHT
