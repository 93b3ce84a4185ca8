"""Marks: the words whose odds stand out, whole words and numbers, within the passage."""

import numpy as np
import pytest

from askarticle.encoder import Tokens
from askarticle.judge import Verdict
from askarticle.marks import Marked, by_clause, by_judge
from askarticle.passages import Passage, split

SENTENCE = (
    "区里2023年为八所学校拨付集团化办学的专项经费300余万元，"
    "给初中学校强校提质项目的奖补资金是150万元。"
)


def judged(text: str, pieces: dict[str, float], *, rest: float = -5.0, start: int = 0):
    """A passage at `start` whose tokens are its characters, with odds by the piece they are in."""
    passage = Passage(text, start, start + len(text), 0, 1)
    odds = np.full(len(text), rest, np.float32)
    for piece, value in pieces.items():
        at = text.index(piece)
        odds[at : at + len(piece)] = value
    ranges = np.array([(i, i + 1) for i in range(len(text))])
    vectors = np.zeros((len(text), 2), np.float32)
    return passage, Tokens(vectors[0], vectors, ranges), Verdict(0.0, odds)


def marked(passage, tokens, verdict, question: str = "?") -> list[str]:
    """All clauses are as like to the question as others, but for the words they share."""
    marks = by_judge(question, tokens, passage, tokens, verdict).marks
    return [passage.text[a - passage.start : b - passage.start] for a, b in marks]


def test_the_run_that_stands_out_is_marked():
    assert marked(*judged(SENTENCE, {"300余万元": 2.0})) == ["300余万元"]
    assert marked(*judged(SENTENCE, {"150万元": 2.0}, start=40)) == ["150万元"]


def test_a_weak_token_between_strong_ones_is_taken_along():
    case = judged(SENTENCE, {"300": 3.0, "余": 2.2, "万元": 3.0})
    assert marked(*case) == ["300余万元"]


def test_a_mark_never_cuts_a_number_or_a_word():
    assert marked(*judged(SENTENCE, {"23": 2.0})) == ["2023年"]
    assert marked(*judged(SENTENCE, {"300": 2.0})) == ["300余万元"]
    assert marked(
        *judged("The repair of the roof and of the tower cost $3,500.50 in all.", {"500": 2.0})
    ) == ["3,500.50"]
    assert marked(
        *judged("After thirty years at the mill old Mr Carmichael left.", {"mich": 2.0})
    ) == ["Carmichael"]


def test_a_number_that_the_question_gives_is_not_marked():
    case = judged(SENTENCE, {"2023年": 4.0, "300余万元": 2.0})
    assert marked(*case) == ["2023年"]
    assert marked(*case, "What was spent in 2023?") == ["300余万元"]
    assert marked(*case, "二〇二三年花了多少?") == ["300余万元"]


def test_marks_of_punctuation_are_trimmed():
    text = "他站在学校门口对那些等了一个上午的家长们说（很好）。"
    assert marked(*judged(text, {"（很好）": 2.0})) == ["很好"]


def test_what_was_not_read_is_not_marked():
    passage, tokens, verdict = judged(SENTENCE, {"150万元": 9.0, "2023": 1.0})
    verdict.tokens[30:] = -np.inf
    assert marked(passage, tokens, verdict) == ["2023年"]


def test_with_a_part_unread_the_answer_is_the_passage():
    passage, tokens, verdict = judged(SENTENCE, {"300余万元": 2.0})
    whole, half = (0, len(SENTENCE)), (0, SENTENCE.index("，"))
    assert by_judge("?", tokens, passage, tokens, verdict).answer == half
    verdict.tokens[40:] = -np.inf
    assert by_judge("?", tokens, passage, tokens, verdict).answer == whole
    tokens.ranges[40:] = 0  # of marks that stand for no character
    assert by_judge("?", tokens, passage, tokens, verdict).answer == half


def test_without_tokens_the_passage_is_marked():
    passage, tokens, verdict = judged(SENTENCE, {})
    none = Tokens(tokens.vector, tokens.vectors[:0], tokens.ranges[:0])
    whole = (0, len(SENTENCE))
    found = by_judge("?", tokens, passage, none, Verdict(0.0, verdict.tokens[:0]))
    assert found == Marked([whole], whole)


def test_a_clause_by_likeness(words):
    (passage,) = split("The bridge opened in 1957, its keeper was Ann; trams cross it daily.")
    asked, tokens = words.tokens(["Who was the keeper?", passage.text])
    ((start, end),), answer = by_clause("Who was the keeper?", asked, passage, tokens)
    assert passage.text[start:end] == "its keeper was Ann"
    assert answer == (passage.start, passage.end)


@pytest.mark.parametrize(
    ("odds", "answer"),
    [
        ({"300余万元": 2.0}, "区里2023年为八所学校拨付集团化办学的专项经费300余万元"),
        ({"150万元": 2.0, "300余万元": 1.0}, "给初中学校强校提质项目的奖补资金是150万元"),
        ({"150万元": 2.0, "300余万元": 1.9}, SENTENCE),  # two clauses are nearly as likely
    ],
)
def test_the_answer_is_the_clause_if_it_is_clear(odds, answer):
    passage, tokens, verdict = judged(SENTENCE, odds, start=7)
    start, end = by_judge("?", tokens, passage, tokens, verdict).answer
    assert passage.text[start - 7 : end - 7] == answer
