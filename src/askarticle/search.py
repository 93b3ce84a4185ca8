"""From a question to what is known of the passages worth ranking.

The nearest passages and those that share most words are gathered; the best of them are looked at
again token by token (late interaction), and the best of these are read by the judge. It ranks by
what `ranking` makes of that evidence, and chooses nothing for the reader.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from askarticle.encoder import Encoder, Tokens
from askarticle.facts import repeats, words
from askarticle.index import PassageIndex
from askarticle.judge import Verdict, load_judge
from askarticle.late_interaction import TokenCache, best_matches
from askarticle.ranking import Evidence, context_of

POOL = 300  # passages that are ranked: so many of the nearest, and as many by exact words
# Passages looked at again. The right one is among them for .991 of the held-out questions on texts
# of over 20 passages (8 would hold .962); encoding one takes some 5 ms if its tokens aren't kept.
_SECOND_LOOK = 16
# Of these the judge reads those that are shown, at most so many: some 5 ms each.
JUDGED = 8
_ASKED_KEPT = 8  # questions whose tokens are kept, some 30 kB each


class Gathered(NamedTuple):
    """What is known of the passages worth ranking."""

    rows: NDArray[np.int64]
    """[n]: which passages of the index, in its order."""
    evidence: Evidence
    verdicts: dict[int, Verdict]
    """What the judge says of those that it read, by their places in `rows`."""


class Search:
    """Gathers evidence from an index. Safe to share between threads; never changes."""

    def __init__(self, index: PassageIndex, encoder: Encoder, tokens: TokenCache) -> None:
        self._index = index
        self._encoder = encoder
        self._tokens = tokens
        # The page asks for the answer, the strip and the reasons of one question in turn.
        self.asked = lru_cache(_ASKED_KEPT)(lambda question: encoder.tokens([question])[0])

    def near(self, question: str, rows: range) -> Evidence:
        """What is known of each of these rows before any is looked at again."""
        cosine = self._index.similarity(
            self.asked(question).vector, np.arange(rows.start, rows.stop)
        )
        return Evidence.first(cosine, self._index.lexical.coverage(question, rows))

    def gather(
        self, question: str, asked: Tokens, rows: range, size: int, judged: int = JUDGED
    ) -> Gathered:
        """What is known of those of the rows that are worth ranking; `asked` is the question's.

        They are the `size` nearest, and as many of those that share most words. Of passages with
        the same text there is only the first, and of the best that repeat each other the fullest:
        they would fill the list, and cost each other the lead. The judge reads the best `judged`.
        """
        coverage = self._index.lexical.coverage(question, rows)
        by_words = np.flatnonzero(coverage)
        by_words = by_words[np.argsort(-coverage[by_words], kind="stable")][:size] + rows.start
        both = np.union1d(self._index.nearest(asked.vector, size, rows), by_words)
        distinct = {self._index.passages[row].text: row for row in reversed(both.tolist())}
        pool = np.sort(np.fromiter(distinct.values(), np.int64))
        cosine = self._index.similarity(asked.vector, pool)
        of_words = coverage[pool - rows.start]
        scores = Evidence.first(cosine, of_words).scores(question)
        left, again = self._told_apart(pool, np.argsort(-scores, kind="stable"))
        pool, cosine = pool[left], cosine[left]
        evidence = Evidence.first(cosine, of_words[left])
        tokens, own, before, after = self._second_look(asked, pool[again])
        evidence.likeness[again], evidence.spread[again] = own.mean(axis=1), own.std(axis=1)
        evidence.context[again] = context_of(own, before, after)
        judge = load_judge(self._encoder) if judged else None
        if judge is None:
            return Gathered(pool, evidence, {})
        asked_of = np.argsort(-evidence.scores(question)[again], kind="stable")[:judged]
        found = judge.verdicts(asked, [tokens[i] for i in asked_of])
        odds = np.full_like(cosine, min(verdict.answers for verdict in found))
        odds[again[asked_of]] = [verdict.answers for verdict in found]
        verdicts = dict(zip(again[asked_of].tolist(), found, strict=True))
        return Gathered(pool, evidence._replace(judged=odds), verdicts)

    def _told_apart(
        self, pool: NDArray[np.int64], order: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places in the pool without repeats among the best, and the best.

        Of two that repeat each other the longer is left: who said it is often what is asked. The
        best are looked at again, and are numbered as they stand among those that are left.
        """
        best: list[int] = []
        texts: list[str] = []
        passed: list[int] = []
        for place in order.tolist():
            text = self._index.passages[pool[place]].text
            same = next((i for i, better in enumerate(texts) if repeats(text, better)), None)
            if same is None:
                best.append(place)
                texts.append(text)
            elif len(words(text)) > len(words(texts[same])):
                passed.append(best[same])
                best[same], texts[same] = place, text
            else:
                passed.append(place)
            if len(best) == _SECOND_LOOK:
                break
        left = np.delete(np.arange(len(pool)), passed)
        return left, np.searchsorted(left, best)

    def _second_look(
        self, asked: Tokens, rows: NDArray[np.int64]
    ) -> tuple[list[Tokens], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """The rows' tokens, and the best matches of theirs, of the rows before and after them.

        Passages of another article are no neighbours: their best matches are -1.
        """
        owner = self._index.passages.table[:, 0]
        near = np.stack([rows, rows - 1, rows + 1])
        exists = (near >= 0) & (near < len(owner))
        exists &= owner[near.clip(0, len(owner) - 1)] == owner[rows]
        read = np.unique(near[exists])
        tokens = self._tokens.tokens([self._index.passages[row] for row in read])
        best = best_matches(asked, tokens)
        places = np.searchsorted(read, near).clip(0, len(read) - 1)
        own, before, after = np.where(exists[..., None], best[places], np.float32(-1))
        return [tokens[place] for place in places[0]], own, before, after
