"""Tokens against tokens: values worked out by hand, and what is kept of the passages' tokens."""

import numpy as np
import pytest
from conftest import WordEncoder

from askarticle import late_interaction
from askarticle.encoder import Tokens
from askarticle.late_interaction import TokenCache, likeness, matches
from askarticle.passages import split


def tokens(*rows: tuple[float, float]) -> Tokens:
    vectors = np.array(rows, np.float32)
    return Tokens(vectors.mean(axis=0), vectors, np.zeros((len(rows), 2), np.int64))


def test_each_token_of_the_question_finds_its_likest():
    question, passage = tokens((1, 0), (0, 1)), tokens((0.6, 0.8), (1, 0), (-1, 0))
    wanted = [[0.6, 1, -1], [0.8, 0, 0]]
    assert matches(question, passage) == pytest.approx(np.array(wanted), abs=1e-6)
    assert likeness(question, [passage, question]) == pytest.approx([(1 + 0.8) / 2, 1.0])


def test_a_passage_is_encoded_once():
    encoder = WordEncoder()
    cache = TokenCache(encoder)
    passages = split("红花开在山上。白鸟飞过河流。红花开在山上。")
    first = cache.tokens(passages)
    assert encoder.calls == [["红花开在山上。", "白鸟飞过河流。"]]
    again = cache.tokens(passages[1:])
    assert len(encoder.calls) == 1
    assert [t is u for t, u in zip(first[1:], again, strict=True)] == [True, True]
    direct = encoder.tokens([passage.text for passage in passages])
    for kept, fresh in zip(first, direct, strict=True):
        np.testing.assert_allclose(kept.vectors, fresh.vectors, atol=1e-3)


def test_fault_29_only_the_latest_are_kept(monkeypatch):
    monkeypatch.setattr(late_interaction, "_KEPT", 3)
    encoder = WordEncoder()
    cache = TokenCache(encoder)
    passages = split("".join(f"第{n}句话说的是{n}。" for n in range(6)))
    assert len(cache.tokens(passages)) == 6  # more at once than are kept
    cache.tokens(passages[3:])
    assert len(encoder.calls) == 1
    cache.tokens(passages[:1])
    assert encoder.calls[1] == [passages[0].text]
