"""Exact words against BM25 written out from its definition."""

import math

import numpy as np
import pytest

from askarticle.lexical import LexicalIndex, shared_terms, terms

TEXTS = [
    "市南区拨付专项经费300余万元。",
    "市南区的学校很多,学校的老师也很多。",
    "The district spent 300 on schools.",
    "孙晓梅认为,资源共享是关键原则。",
    "",
]


def coverage_by_definition(question: str, texts: list[str]) -> list[float]:
    documents = [terms(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    totals, attainable = [0.0] * len(texts), 0.0
    for term in set(terms(question)):
        holding = sum(term in document for document in documents)
        idf = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        attainable += idf * 2.2
        for i, document in enumerate(documents):
            count = document.count(term)
            totals[i] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(document) / mean))
    return [total / attainable for total in totals]


@pytest.mark.parametrize(
    "question", ["专项经费拨了多少?", "How much did schools get?", "学校学校", "300", "没有 zzz"]
)
def test_coverage(question):
    found = LexicalIndex(TEXTS).coverage(question, range(len(TEXTS)))
    assert found == pytest.approx(coverage_by_definition(question, TEXTS), abs=1e-6)
    assert found.dtype == np.float32 and 0 <= found.min() <= found.max() <= 1


@pytest.mark.parametrize("texts", [range(0, 2), range(1, 4), range(3, 5)])
def test_a_part_is_scored_as_if_nothing_else_were_indexed(texts):
    alone = LexicalIndex(TEXTS[texts.start : texts.stop])
    question = "学校拨了多少经费 300 schools"
    assert LexicalIndex(TEXTS).coverage(question, texts) == pytest.approx(
        alone.coverage(question, range(len(texts)))
    )


def test_a_question_in_another_language_covers_little_though_a_number_is_shared():
    question = "How much did the district spend on group-based schooling, 3 million or more?"
    chinese = LexicalIndex(TEXTS[:2]).coverage(question, range(2))
    assert 0 < chinese[0] < 0.2


def test_terms():
    assert terms("AI改变") == ["ai", "改", "变", "改变"]
    assert terms("3.5%的ＧＤＰ") == ["3.5", "的", "gdp"]
    assert terms("The city's schools") == ["city", "schools"]
    assert terms("。?!") == []


def test_no_terms_at_all():
    assert LexicalIndex(["", "。"]).coverage("?", range(2)).tolist() == [0, 0]
    assert LexicalIndex(TEXTS).coverage("", range(5)).tolist() == [0] * 5


def test_shared_terms():
    assert shared_terms("学校 district", ["学校", "the district", "x"]) == [0.75, 0.25, 0]
