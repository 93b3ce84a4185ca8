"""Tokens against tokens: values worked out by hand, and what is kept of the passages' tokens."""

import numpy as np
import pytest
from conftest import WordEncoder

from askarticle import Article, Retriever, late_interaction
from askarticle.encoder import Tokens
from askarticle.late_interaction import TokenCache, best_matches, gains, matches
from askarticle.passages import split


def tokens(*rows: tuple[float, float]) -> Tokens:
    vectors = np.array(rows, np.float32)
    return Tokens(vectors.mean(axis=0), vectors, np.zeros((len(rows), 2), np.int64))


def test_each_token_of_the_question_finds_its_likest():
    question, passage = tokens((1, 0), (0, 1)), tokens((0.6, 0.8), (1, 0), (-1, 0))
    wanted = [[0.6, 1, -1], [0.8, 0, 0]]
    assert matches(question, passage) == pytest.approx(np.array(wanted), abs=1e-6)
    best = best_matches(question, [passage, question])
    assert best == pytest.approx(np.array([[1, 0.8], [1, 1]]))
    # Only the second token finds a likelier one beside the first passage.
    assert gains(best, np.array([[0.5, 0.9], [-1, -1]])) == pytest.approx([0.1 / 2, 0])


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


def test_indexing_keeps_the_tokens_of_a_collection_that_all_fit():
    encoder = WordEncoder()
    article = Article("红花开在山上。白鸟飞过河流。老人有五十二只羊。")
    retriever = Retriever.build(article, encoder=encoder)
    retriever.retrieve("老人有几只羊")
    assert encoder.calls == [
        [passage.text for passage in retriever.passages(article)],
        ["老人有几只羊"],
    ]


def test_fault_29_a_collection_that_doesnt_fit_is_encoded_without_its_tokens(monkeypatch):
    monkeypatch.setattr(late_interaction, "_KEPT", 3)
    encoder, reports = WordEncoder(), []
    texts = [f"第{n}句话说的是{n}。" for n in range(4)]
    cache = TokenCache(encoder)
    vectors = cache.encode(texts, lambda done, total: reports.append((done, total)))
    np.testing.assert_array_equal(vectors, encoder.encode(texts))
    assert reports == [(4, 4)] and not cache._kept


def test_the_vectors_that_come_with_tokens_are_those_of_encode(bundled):
    texts = [passage.text for passage in bundled.passages(bundled.articles[0])]
    reports: list[tuple[int, int]] = []
    kept = TokenCache(bundled._encoder).encode(texts, lambda *step: reports.append(step))
    np.testing.assert_allclose(kept, bundled._encoder.encode(texts), atol=1e-5)
    assert reports == [(len(texts), len(texts))]
