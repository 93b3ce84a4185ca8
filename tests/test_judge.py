"""The judge at work: verdicts don't depend on company, and what can't be loaded is said."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from askarticle import judge
from askarticle.encoder import Tokens, load_encoder
from askarticle.errors import EncoderError
from askarticle.judge import MAX_PASSAGE_TOKENS, MAX_QUESTION_TOKENS, Judge, load_judge

PASSAGES = [
    "桥在1957年通车。",
    "张伟在南京的一所大学里教了三十年书，去年秋天退休，回到了老家的小镇上。",
    "It opened in 1957.",
]


@pytest.fixture
def loaded_anew():
    judge._load.cache_clear()
    yield
    judge._load.cache_clear()


def test_a_verdict_is_the_same_alone_and_beside_others():
    encoder = load_encoder()
    asked, *read = encoder.tokens(["谁退休了？", *PASSAGES])
    together = load_judge(encoder).verdicts(asked, read)
    for tokens, verdict in zip(read, together, strict=True):
        (alone,) = load_judge(encoder).verdicts(asked, [tokens])
        assert alone.answers == pytest.approx(verdict.answers, abs=1e-4)
        assert np.allclose(alone.tokens, verdict.tokens, atol=1e-4)
        assert len(verdict.tokens) == len(tokens.vectors)


def test_of_a_long_passage_the_beginning_is_read():
    encoder = load_encoder()
    asked, read = encoder.tokens(["谁退休了？", "甲乙丙丁戊己庚辛壬癸" * 30])
    (verdict,) = load_judge(encoder).verdicts(asked, [read])
    assert np.isfinite(verdict.tokens[:MAX_PASSAGE_TOKENS]).all()
    assert np.isneginf(verdict.tokens[MAX_PASSAGE_TOKENS:]).all()


def test_of_a_long_question_the_end_is_read():
    read: list[torch.Tensor] = []

    def network(pairs, is_passage, mask):
        read.append(pairs[~is_passage])
        return torch.zeros(len(pairs)), torch.zeros(pairs.shape[:2])

    vectors = np.arange(100, dtype=np.float32)[:, None]
    passage = Tokens(vectors[0], vectors[:1] - 1, np.zeros((1, 2), np.int64))
    for length in (1, MAX_QUESTION_TOKENS, 100):
        asked = Tokens(vectors[0], vectors[:length], np.zeros((length, 2), np.int64))
        Judge(network).verdicts(asked, [passage])
    places = [vectors.flatten().tolist() for vectors in read]
    assert places == [[0], list(range(48)), [0, *range(53, 100)]]


def test_no_passages_have_no_verdicts():
    encoder = load_encoder()
    assert load_judge(encoder).verdicts(encoder.tokens(["谁？"])[0], []) == []


def test_another_encoder_has_no_judge(words):
    assert load_judge(words) is None


@pytest.mark.parametrize("damage", ["missing", "cut", "of another encoder", "of another shape"])
def test_a_judge_that_cant_be_used_is_said(damage, tmp_path, monkeypatch, loaded_anew):
    weights = tmp_path / "judge.safetensors"
    if damage == "cut":
        weights.write_bytes(judge.WEIGHTS.read_bytes()[:1000])
    elif damage == "of another encoder":
        save_file(load_file(judge.WEIGHTS), weights, {"encoder": "0" * 64})
    elif damage == "of another shape":
        kept = {"segment.weight": load_file(judge.WEIGHTS)["segment.weight"]}
        save_file(kept, weights, {"encoder": load_encoder().fingerprint})
    monkeypatch.setattr(judge, "WEIGHTS", weights)
    with pytest.raises(EncoderError, match="install askarticle again"):
        load_judge(load_encoder())
