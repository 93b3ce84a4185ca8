"""Exact words: a BM25 index over passages, in Chinese and English.

Chinese is matched by single characters and pairs of them, which needs no word list and beats
dictionary words on every set measured (news .52 against .39 first hits); everything else by words.
It knows no meaning: a synonym counts nothing.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from askarticle.forms import plain

_K1, _B = 1.2, 0.75  # the usual values; sentences differ little in length
_BLOCK = 20_000  # texts counted at a time: 300,000 at once would take 1 GB, not 0.3
# Scripts written without spaces: kana, Han, Hangul (which has them, but glues its particles on).
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_UNSPACED}]+|[0-9]+\.[0-9]+|[^\W_{_UNSPACED}]+(?:['’][a-z]+)?")
# Words that ask or bind, and say nothing of what is asked for.
_STOP_WORDS = frozenset(
    "a an the of to in on at by for from with and or is are was were be been do does did has have "
    "had it its this that these those there as what which who whom whose when where why how".split()
)


def terms(text: str) -> list[str]:
    """The text's terms in order, repeats kept; numbers, dates and scripts in one form."""
    found: list[str] = []
    for run in _RUNS.findall(plain(text)):
        if run[0] >= "\u3040":
            found += run
            found += map("".join, pairwise(run))
        elif run not in _STOP_WORDS:
            found.append(run.removesuffix("'s").removesuffix("’s"))
    return found


class LexicalIndex:
    """Which term stands in which text, and how often."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._vocabulary: dict[str, int] = defaultdict(count().__next__)  # numbers a new term
        lengths = array("i")
        blocks = []
        rest = iter(texts)
        while block := self._count(islice(rest, _BLOCK), lengths):
            blocks.append(block)
        self._lengths = np.asarray(lengths, np.int32)
        self._merge(blocks)

    def _count(self, texts: Iterable[str], lengths: "array[int]") -> list[NDArray[Any]]:
        """The terms, texts and counts of a block of texts, by term and then text; [] if none."""
        columns, first = array("i"), len(lengths)
        for text in texts:
            found = terms(text)
            lengths.append(len(found))
            columns.extend(map(self._vocabulary.__getitem__, found))
        if len(lengths) == first:
            return []
        rows = np.repeat(np.arange(first, len(lengths)), lengths[first:])
        keys, counts = np.unique(
            np.asarray(columns, np.int64) * len(lengths) + rows, return_counts=True
        )
        term_ids, rows = np.divmod(keys, len(lengths))
        # A passage has at most 300 characters, so no term stands in it 65,536 times.
        return [term_ids.astype(np.int32), rows.astype(np.int32), counts.astype(np.uint16)]

    def _merge(self, blocks: list[list[NDArray[Any]]]) -> None:
        """Bring the postings of each term together; the blocks are in the texts' order."""
        size = np.zeros(len(self._vocabulary), np.int64)
        for term_ids, _, _ in blocks:
            size += np.bincount(term_ids, minlength=len(size))
        self._starts = np.concatenate([[0], np.cumsum(size)])
        self._rows = np.empty(self._starts[-1], np.int32)
        self._counts = np.empty(self._starts[-1], np.uint16)
        filled = self._starts[:-1].copy()
        for term_ids, rows, counts in blocks:
            present, begin, size = np.unique(term_ids, return_index=True, return_counts=True)
            places = np.arange(len(rows)) + np.repeat(filled[present] - begin, size)
            self._rows[places], self._counts[places] = rows, counts
            filled[present] += size

    def __len__(self) -> int:
        return len(self._lengths)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays, to be saved; `from_arrays` takes them."""
        return {
            "terms": np.frombuffer("\n".join(self._vocabulary).encode(), np.uint8),
            "lengths": self._lengths,
            "starts": self._starts,
            "rows": self._rows,
            "counts": self._counts,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "LexicalIndex":
        """The index that gave these arrays; raises KeyError or ValueError if they aren't such."""
        index = cls(())
        found = arrays["terms"].tobytes().decode().split("\n")
        index._vocabulary = dict(zip(found, range(len(found)), strict=True)) if found[0] else {}
        index._lengths, index._starts = arrays["lengths"], arrays["starts"]
        index._rows, index._counts = arrays["rows"], arrays["counts"]
        starts, rows = index._starts, index._rows
        rising = rows[1:] > rows[:-1]
        if not (
            len(starts) == len(index._vocabulary) + 1
            and (starts[0], starts[-1]) == (0, len(rows))
            and len(index._counts) == len(rows)
            and (starts[1:] > starts[:-1]).all()
            and (rows >= 0).all()
            and (rows < len(index)).all()
            # Each term's texts are in order: from one to the next, unless a new term begins.
            and rising.sum() + (~rising[starts[1:-1] - 1]).sum() == len(rising)
        ):
            raise ValueError("the terms don't match their texts")
        return index

    def coverage(self, question: str, texts: range) -> NDArray[np.float32]:
        """How much of the question's words each of these texts holds.

        float32 [len(texts)], 0 to 1: BM25 over these texts alone (as if nothing else were
        indexed), divided by what a text could reach that held every term often. Words that stand
        nowhere count in the divisor, so a question in another language than the text, or in other
        words, stays near 0 whatever number or name it shares; dividing by the best text's score
        would give that text a 1.
        """
        scores = np.zeros(len(texts), np.float32)
        lengths = self._lengths[texts.start : texts.stop].astype(np.float32)
        norm = _K1 * (
            1 - _B + _B * lengths / max(1.0, float(lengths.mean()) if len(lengths) else 1)
        )
        attainable = 0.0
        for term in dict.fromkeys(terms(question)):
            rows, counts = self._postings(term, texts)
            idf = np.log1p((len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
            attainable += idf * (_K1 + 1)
            scores[rows] += idf * counts * (_K1 + 1) / (counts + norm[rows])
        return scores / np.float32(attainable) if attainable else scores

    def _postings(self, term: str, texts: range) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """The texts of the range that hold the term (counted from its start), and how often."""
        row = self._vocabulary.get(term)
        if row is None:
            return np.empty(0, np.int32), np.empty(0, np.float64)
        first, last = self._starts[row], self._starts[row + 1]
        first, last = first + np.searchsorted(self._rows[first:last], [texts.start, texts.stop])
        # In doubles, whatever type holds them.
        return self._rows[first:last] - texts.start, self._counts[first:last].astype(np.float64)


def shared_terms(question: str, texts: Sequence[str]) -> list[float]:
    """For texts outside any index: the part of the question's terms that each holds, 0 to 1."""
    wanted = set(terms(question))
    return [len(wanted & set(terms(text))) / max(1, len(wanted)) for text in texts]
