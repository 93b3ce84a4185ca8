"""The quality gate, and the measures it is made of, against figures worked out by hand."""

import json

import numpy as np
import pytest
from conftest import WordEncoder

from askarticle import Article, load_encoder
from evaluation import gate
from evaluation.calibrate import calibration_error
from evaluation.datasets import LabelledArticle, Question, read
from evaluation.measure import Scored, mrr, recall, score

TEXT = "红花开在山上。白鸟飞过河流。老人有五十二只羊。孩子在树下读书。"


def test_recall_and_reciprocal_rank():
    ranks = [0, 2, np.inf, 0]
    assert recall(ranks, 1)[0] == 0.5
    assert recall(ranks, 3)[0] == 0.75
    assert mrr(ranks) == pytest.approx((1 + 1 / 3 + 0 + 1) / 4)
    low, high = recall(ranks * 100, 1)[1:]
    assert 0.44 < low < 0.5 < high < 0.56  # two standard errors of .025


def test_calibration_error_is_the_gap_between_promise_and_fulfilment():
    predicted, labels = np.array([0.75] * 4 + [0.15] * 4), np.array([1, 1, 1, 0, 0, 0, 1, 1]) > 0
    assert calibration_error(predicted, labels) == pytest.approx(0.5 * 0.0 + 0.5 * 0.35)


def test_a_question_is_scored_on_its_own_article():
    start = TEXT.index("五十二")
    questions = (Question("老人有几只羊", "keyword", ((start, start + 3),)),)
    labelled = [LabelledArticle("a", Article(TEXT), questions)]
    (item,) = score(labelled, WordEncoder())
    assert item.answers.tolist() == [False, False, True, False]
    assert set(item.ranks().values()) == {0.0}
    assert gate.first_hits([item]) == {"keyword": [1, 1, 1]}


@pytest.fixture(scope="module")
def scored() -> list[Scored]:
    return list(score(read(gate.QUESTIONS), load_encoder()))


def test_every_gold_range_holds_words(scored):
    for item in read(gate.QUESTIONS):
        for question in item.questions:
            assert bool(question.gold) == (question.kind not in ("near", "far"))
            for start, end in question.gold:
                assert item.article.text[start:end].strip()
    assert len(scored) >= 150


@pytest.mark.slow
def test_the_gate_no_kind_of_question_is_answered_worse_than_it_was(scored):
    table, lost = gate.losses(gate.first_hits(scored), json.loads(gate.BASELINE.read_text()))
    assert not lost, f"\n{table}"


@pytest.mark.slow
def test_the_gate_stops_a_broken_ranker(scored):
    found = gate.first_hits(scored, lambda item: -gate.product(item))
    table, lost = gate.losses(found, json.loads(gate.BASELINE.read_text()))
    assert lost and "LOST" in table
