"""Exact words: a BM25 index over passages, in Chinese and English.

Chinese is matched by single characters and pairs of them, which needs no word list and beats
dictionary words on every set measured (news .52 against .39 first hits); everything else by words.
It knows no meaning: a synonym counts nothing.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, count, islice, pairwise
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

# Of each term in each text: the term's number · 2³² + the text's, sorted; and how often it stands.
_Postings = tuple[NDArray[np.int64], NDArray[np.uint16]]


def runs(text: str) -> list[str]:
    """The text's words, and runs of what is written without spaces, in order and in one form."""
    return _RUNS.findall(plain(text))


def terms(text: str) -> list[str]:
    """The text's terms in order, repeats kept; numbers, dates and scripts in one form."""
    found: list[str] = []
    for run in runs(text):
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

    @classmethod
    def joined(cls, parts: Sequence[tuple["LexicalIndex", NDArray[np.int64]]]) -> "LexicalIndex":
        """One index over the texts of several; nothing is counted again.

        With each part come the places of its texts in the new index, -1 for one that is left out;
        together they are all places from 0 on, once each.
        """
        index = cls(())
        index._vocabulary = defaultdict(count().__next__)
        index._lengths = np.empty(sum(int((places >= 0).sum()) for _, places in parts), np.int32)
        blocks = []
        for part, places in parts:
            index._lengths[places[places >= 0]] = part._lengths[places >= 0]
            ids = np.array([index._vocabulary[term] for term in part._vocabulary], np.int64)
            rows = places[part._rows]
            keys = np.repeat(ids << 32, np.diff(part._starts)) + rows
            blocks.append((keys[rows >= 0], part._counts[rows >= 0]))
        index._merge(blocks)
        return index

    def _count(self, texts: Iterable[str], lengths: "array[int]") -> _Postings | None:
        """The postings of a block of texts, sorted; None if there are no more texts."""
        columns, first = array("i"), len(lengths)
        for text in texts:
            found = terms(text)
            lengths.append(len(found))
            columns.extend(map(self._vocabulary.__getitem__, found))
        if len(lengths) == first:
            return None
        rows = np.repeat(np.arange(first, len(lengths)), lengths[first:])
        keys, counts = np.unique((np.asarray(columns, np.int64) << 32) + rows, return_counts=True)
        # A passage has at most 300 characters, so no term stands in it 65,536 times.
        return keys, counts.astype(np.uint16)

    def _merge(self, blocks: Sequence[_Postings]) -> None:
        """Bring the postings of each term together, and forget terms without any."""
        keys = np.concatenate([keys for keys, _ in blocks] or [np.empty(0, np.int64)])
        counts = np.concatenate([counts for _, counts in blocks] or [np.empty(0, np.uint16)])
        order = np.argsort(keys, kind="stable")  # merges runs that are sorted, as blocks are
        keys, self._counts = keys[order], counts[order]
        starts = np.searchsorted(keys, np.arange(len(self._vocabulary) + 1) << 32)
        used = compress(self._vocabulary, starts[1:] > starts[:-1])
        self._vocabulary = {term: number for number, term in enumerate(used)}
        self._starts, self._rows = np.unique(starts), keys.astype(np.int32)  # the lower halves

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
