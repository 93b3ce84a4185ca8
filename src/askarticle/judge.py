"""The judge: does this passage answer this question, and with which of its words?

Similarity can't tell: a question on the article's own subject is made of its names whether it is
answered or not. The judge reads both texts together, from the token vectors that late interaction
has made. It was trained on the vectors of the built-in encoder and knows no other; with another
encoder there is none. It doesn't decide what is found.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from askarticle.encoder import BUILT_IN, Encoder, Tokens
from askarticle.errors import EncoderError

if TYPE_CHECKING:
    from askarticle.judge_network import JudgeNetwork

WEIGHTS = Path(__file__).with_name("judge.safetensors")
# What the judge was trained with. Of a longer passage it reads the beginning; of a longer question
# the first token (the encoder's mark) and the end: behind the topic that a follow-up carries stands
# what is asked.
MAX_QUESTION_TOKENS, MAX_PASSAGE_TOKENS = 48, 96


class Verdict(NamedTuple):
    """What the judge says of one passage."""

    answers: float
    """The log-odds that the passage answers: over 0 if that is likelier than not."""
    tokens: NDArray[np.float32]
    """[tokens]: the log-odds that each is of the words that answer; −inf for those unread."""


class Judge:
    """Reads questions and passages together. Safe to share between threads."""

    def __init__(self, network: "JudgeNetwork") -> None:
        self._network = network

    def verdicts(self, question: Tokens, passages: Sequence[Tokens]) -> list[Verdict]:
        """What the judge says of each passage, from the encoder's tokens."""
        import torch

        first, rest = question.vectors[:1], question.vectors[1:]
        asked = np.concatenate([first, rest[1 - MAX_QUESTION_TOKENS :]]).astype(np.float32)
        read = [p.vectors[:MAX_PASSAGE_TOKENS].astype(np.float32) for p in passages]
        width = len(asked) + max((len(vectors) for vectors in read), default=0)
        pairs = np.zeros((len(read), width, asked.shape[1]), np.float32)
        pairs[:, : len(asked)] = asked
        length = np.array([len(asked) + len(vectors) for vectors in read])
        for pair, vectors in zip(pairs, read, strict=True):
            pair[len(asked) : len(asked) + len(vectors)] = vectors
        place = np.arange(width)[None]
        with torch.inference_mode():
            answers, tokens = self._network(
                torch.from_numpy(pairs),
                torch.from_numpy(np.repeat(place >= len(asked), len(read), axis=0)),
                torch.from_numpy(place < length[:, None]),
            )
        found = []
        for passage, vectors, answer, row in zip(
            passages, read, answers.tolist(), tokens.numpy(), strict=True
        ):
            odds = np.full(len(passage.vectors), -np.inf, np.float32)
            odds[: len(vectors)] = row[len(asked) : len(asked) + len(vectors)]
            found.append(Verdict(answer, odds))
        return found


def load_judge(encoder: Encoder) -> Judge | None:
    """The judge that was trained on this encoder's vectors; None if there is none.

    Loaded once a process. Raises EncoderError if the package's judge can't be read.
    """
    if encoder.name != BUILT_IN:
        return None
    with _loading:
        return _load(encoder.fingerprint)


_loading = threading.Lock()


@lru_cache(maxsize=1)
def _load(fingerprint: str) -> Judge:
    from safetensors import SafetensorError, safe_open

    from askarticle.judge_network import JudgeNetwork

    try:
        with safe_open(WEIGHTS, framework="pt") as file:
            weights = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
            made_for = (file.metadata() or {}).get("encoder", "")
        network = JudgeNetwork.of(weights)
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise EncoderError(
            f"the judge's weights {WEIGHTS} can't be read ({error}): install askarticle again"
        ) from error
    if made_for != fingerprint:
        raise EncoderError(
            f"the judge was trained on the encoder {made_for[:12]}, and this one is "
            f"{fingerprint[:12]}: install askarticle again, or train the judge"
        )
    return Judge(network)
