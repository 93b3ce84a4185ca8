"""Late interaction: a question's tokens each find their likest token in a passage.

The mean of those likenesses tells passages apart that one vector a passage can't: a name or a
number that the question asks about is there or isn't. It needs the vectors of all tokens of a
passage, forty times the room, so only the latest are kept: those of a collection that all fit from
the pass that indexes it, others made when they are first needed.
It doesn't choose the passages that are looked at.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from askarticle.encoder import Encoder, Progress, Tokens, Vectors
from askarticle.passages import Passage

# Passages whose tokens are kept, some 35 kB each: an archive's questions must not fill the memory.
_KEPT = 512
_BATCH = 64  # texts between two reports of progress


class TokenCache:
    """The tokens of the passages that were looked at last. Safe to share between threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """What the encoder's `encode` gives; texts that all fit are kept from the same pass."""
        if len(texts) > _KEPT:
            return self._encoder.encode(texts, progress)
        vectors = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            encoded = self._encoder.tokens(batch)
            self._keep(dict(zip(batch, map(_halved, encoded), strict=True)))
            vectors += [tokens.vector for tokens in encoded]
            if progress:
                progress(len(vectors), len(texts))
        return np.stack(vectors)

    def tokens(self, passages: Sequence[Passage]) -> list[Tokens]:
        """The tokens of each passage, encoded now if they aren't kept."""
        with self._lock:
            found = {p.text: self._kept[p.text] for p in passages if p.text in self._kept}
        missing = list(dict.fromkeys(p.text for p in passages if p.text not in found))
        encoded = self._encoder.tokens(missing) if missing else []
        found.update(zip(missing, map(_halved, encoded), strict=True))
        self._keep({passage.text: found[passage.text] for passage in passages})
        return [found[passage.text] for passage in passages]

    def _keep(self, found: Mapping[str, Tokens]) -> None:
        with self._lock:
            for text, tokens in found.items():
                self._kept[text] = tokens
                self._kept.move_to_end(text)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _halved(tokens: Tokens) -> Tokens:
    """In half precision, which halves the room; similarities change in the fourth decimal."""
    return tokens._replace(vectors=tokens.vectors.astype(np.float16))


def matches(question: Tokens, passage: Tokens) -> NDArray[np.float32]:
    """How like each of the question's tokens is to each of the passage's: [question, passage]."""
    similarity: NDArray[np.float32] = question.vectors @ passage.vectors.astype(np.float32).T
    return similarity


def best_matches(question: Tokens, passages: Sequence[Tokens]) -> NDArray[np.float32]:
    """float32 [passages, question's tokens], -1 to 1: the cosine of each one's likest token."""
    return np.stack([matches(question, passage).max(axis=1) for passage in passages])


def gains(own: NDArray[np.float32], neighbours: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [passages], from 0: by how much likelier tokens a neighbour has, mean over tokens.

    Both are best matches [passages, question's tokens]; a passage without a neighbour has -1.
    """
    gained: NDArray[np.float32] = (neighbours - own).clip(0).mean(axis=1)
    return gained
