"""Labelled questions read, asked and counted: against independent references and by hand."""

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, WordEncoder
from scipy.stats import bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from askarticle import Article, ReadError, cli
from askarticle.evaluating.asking import ask
from askarticle.evaluating.datasets import LabelledArticle, Question, read
from askarticle.evaluating.figures import summary
from askarticle.evaluating.metrics import (
    auroc,
    calibration_error,
    mean,
    recall,
    reciprocal_ranks,
    reliability,
)
from askarticle.evaluating.report import as_text

TEXT = "红花开在山上。白鸟飞过河流。老人有五十二只羊。孩子在树下读书。"
SHEEP = (TEXT.index("五十二"), TEXT.index("五十二") + 3)
RANDOM = np.random.default_rng(7)


def test_recall_and_reciprocal_rank():
    ranks = [0, 2, np.inf, 0, 9, 10]
    assert recall(ranks, 1).value == pytest.approx(2 / 6)
    assert recall(ranks, 3).value == pytest.approx(3 / 6)
    assert reciprocal_ranks(ranks) == pytest.approx([1, 1 / 3, 0, 1, 1 / 10, 0])


def test_intervals_are_those_of_the_bootstrap():
    values = RANDOM.random(80) < 0.3
    reference = bootstrap(
        (values,), np.mean, method="percentile", n_resamples=9999, random_state=0
    ).confidence_interval
    value, low, high = mean(values)
    assert value == values.mean()
    assert (low, high) == pytest.approx((reference.low, reference.high), abs=0.015)


@pytest.mark.parametrize("digits", [1, 6])  # one digit makes many ties
def test_auroc_is_that_of_sklearn(digits):
    positive, negative = RANDOM.random(60).round(digits), RANDOM.beta(1, 2, 45).round(digits)
    labels = [1] * 60 + [0] * 45
    wanted = roc_auc_score(labels, np.concatenate([positive, negative]))
    assert auroc(positive, negative) == pytest.approx(wanted)


def test_reliability_is_that_of_sklearn():
    predicted = RANDOM.random(500)
    right = RANDOM.random(500) < predicted**2
    true, said = calibration_curve(right, predicted, n_bins=10)
    bins = np.array(reliability(predicted, right))
    np.testing.assert_allclose(bins[:, :2], np.stack([said, true], axis=1))
    assert bins[:, 2].sum() == 500


def test_calibration_error_is_the_gap_between_promise_and_fulfilment():
    predicted = np.array([0.75] * 4 + [0.15] * 3 + [1.0])
    right = np.array([1, 1, 1, 0, 0, 0, 1, 1]) > 0
    assert calibration_error(predicted, right) == pytest.approx(3 / 8 * (1 / 3 - 0.15))


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def row(**asked: object) -> dict[str, object]:
    return {"text": TEXT, "questions": [{"question": "老人有几只羊", "kind": "keyword"} | asked]}


def test_json_lines(tmp_path):
    lines = write(tmp_path / "set.jsonl", row(gold=[SHEEP], lang="xx"), row(kind="far") | {"id": 3})
    zipped = tmp_path / "set.jsonl.gz"
    zipped.write_bytes(gzip.compress(b"\xef\xbb\xbf" + lines.read_bytes() + b"\n\n"))
    (item,) = read(lines)
    assert item.article == Article(TEXT)
    assert item.questions == (
        Question("老人有几只羊", "keyword", (SHEEP,), "xx"),
        Question("老人有几只羊", "far", (), "zh"),
    )
    assert [question.is_unanswerable for question in item.questions] == [False, True]
    assert read(zipped)[0].questions == item.questions


def test_ratings_of_readers_of_which_the_last_counts(tmp_path):
    up, down = {"kind": "rated", "gold": [SHEEP]}, {"kind": "rated-down", "wrong": [SHEEP]}
    other = {"kind": "rated-down", "wrong": [[0, 7]]}
    (item,) = read(write(tmp_path / "f.jsonl", row(**up), row(**down), row(**other), row(**up)))
    assert [(q.kind, q.gold, q.wrong) for q in item.questions] == [
        ("rated-down", (), ((0, 7),)),
        ("rated", (SHEEP,), ()),
    ]
    assert not any(question.is_unanswerable for question in item.questions)


def test_ratings_of_what_the_article_doesnt_say(tmp_path):
    agreed, denied = {"kind": "rated", "gold": []}, {"kind": "rated-down"}
    liked = {"kind": "rated", "gold": [SHEEP]}
    (item,) = read(write(tmp_path / "f.jsonl", row(**denied), row(**liked), row(**agreed)))
    assert [(q.gold, q.is_unanswerable) for q in item.questions] == [((SHEEP,), False), ((), True)]
    (item,) = read(write(tmp_path / "f.jsonl", row(**agreed), row(**denied)))
    assert [(q.kind, q.is_unanswerable) for q in item.questions] == [("rated-down", False)]


def squad(*paragraphs: tuple[str, list[dict[str, object]]]) -> dict[str, object]:
    return {"data": [{"paragraphs": [{"context": c, "qas": q} for c, q in paragraphs]}]}


def asked(*answers: tuple[str, int], **more: object) -> dict[str, object]:
    found = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": "q", "question": "谁来了?", "answers": found, **more}


def test_squad_answers_lie_in_the_whole_article(tmp_path):
    first, second = "白鸟来了。红花开了。", "老人来了。白鸟走了，白鸟又来了。"
    data = squad(
        (first, [asked(("白鸟", 0))]),
        (second, [asked(("老人", 0), ("老人来", 0)), asked(("白鸟", 9)), asked(("白鸟", 6))]),
        ("没有人。", [asked(is_impossible=True), asked(("没有人", -1), ("不在文中", -1))]),
    )
    (item,) = read(write(tmp_path / "zh.json", data))
    assert item.article.text == f"{first}\n{second}\n没有人。\n"
    golds = [[item.article.text[a:b] for a, b in q.gold] for q in item.questions]
    assert golds == [["白鸟"], ["老人", "老人来"], ["白鸟"], ["白鸟"], [], ["没有人"]]
    base = len(first) + 1
    assert [q.gold[0][0] - base for q in item.questions[2:4]] == [10, 5]  # the nearest
    assert [q.kind for q in item.questions] == ["zh"] * 4 + ["unanswerable", "zh"]


def test_questions_of_another_file_are_taken_by_id(tmp_path):
    own = write(tmp_path / "zh.json", squad((TEXT, [asked(("老人", TEXT.index("老人")))])))
    other = squad(("An old man came.", [asked(("man", 7)) | {"question": "Who came?"}]))
    (item,) = read(own, questions_of=write(tmp_path / "en.json", other))
    assert item.article.text == TEXT + "\n"
    assert [(q.text, q.language) for q in item.questions] == [("Who came?", "en")]
    unknown = squad((TEXT, [asked(("老人", 0)) | {"id": "q7"}]))
    with pytest.raises(ReadError, match=r"qas\[0\]: the other file has no question with id 'q7'"):
        read(write(tmp_path / "other.json", unknown), questions_of=own)
    broken = {"data": [{"paragraphs": [{"context": "A.", "qas": ["What?"]}]}]}
    with pytest.raises(ReadError, match=r"broken\.json: data\[0\]"):
        read(own, questions_of=write(tmp_path / "broken.json", broken))
    with pytest.raises(ReadError, match="only a SQuAD file"):
        read(write(tmp_path / "lines.jsonl", row()), questions_of=own)


BROKEN = {
    "no such file": ("no.json", None, ["there is no file", "no.json"]),
    "another name": ("set.csv", b"a,b\n", ["set.csv", ".jsonl"]),
    "no gzip": ("set.jsonl.gz", b"{}", ["set.jsonl.gz", "can't be read"]),
    "half a gzip": ("set.jsonl.gz", gzip.compress(b"{}" * 99)[:-9], ["set.jsonl.gz"]),
    "not UTF-8": ("set.jsonl", b'\n{"text": "\xb0\xd7"}', ["set.jsonl, line 2", "UTF-8"]),
    "empty": ("set.jsonl", b"", ["set.jsonl", "no question"]),
    "no JSON": ("set.jsonl", [row(), "{"], ["set.jsonl, line 2", "not JSON"]),
    "deep JSON": ("set.json", b"[" * 100_000, ["set.json", "not JSON"]),
    "a list": ("set.jsonl", [row(), [1]], ["line 2", "'text'", "[1]"]),
    "no text": ("set.jsonl", [{"questions": []}], ["line 1", "no field 'text'"]),
    "empty text": ("set.jsonl", [row() | {"text": "。"}], ["line 1", "text has no words"]),
    "no questions": ("set.jsonl", [{"text": TEXT, "questions": []}], ["no question in it"]),
    "no kind": ("set.jsonl", [row(kind=None)], ["line 1, question 1", "'kind'"]),
    "a number": ("set.jsonl", [row(question=5)], ["'question' should be a text", "5"]),
    "nothing asked": ("set.jsonl", [row(question="?!")], ["line 1, question 1", "no words"]),
    "gold outside": ("set.jsonl", [row(gold=[[0, 99]])], ["gold holds [0, 99]", "31 characters"]),
    "gold backwards": ("set.jsonl", [row(gold=[[9, 3]])], ["gold holds [9, 3]"]),
    "gold of words": ("set.jsonl", [row(gold=["羊"])], ['gold holds "羊"']),
    "wrong outside": ("set.jsonl", [row(wrong=[[0, 99]])], ["wrong holds [0, 99]"]),
    "no data": ("set.json", [{"version": 1}], ["set.json", "no field 'data'"]),
    "no context": (
        "set.json",
        [{"data": [{"paragraphs": [{"qas": []}]}]}],
        ["data[0].paragraphs[0]", "'context'"],
    ),
    "no answers": (
        "set.json",
        [squad((TEXT, [{"question": "谁?"}]))],
        ["paragraphs[0].qas[0]", "'answers'"],
    ),
    "answer elsewhere": (
        "set.json",
        [squad((TEXT, [asked(("青山", 3))]))],
        ["qas[0]", "no answer stands in the context", "青山"],
    ),
}


@pytest.mark.parametrize(("name", "content", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_one_line_and_exit_code_2(tmp_path, capsys, name, content, says):
    if isinstance(content, bytes):
        (tmp_path / name).write_bytes(content)
    elif content:
        lines = [line if isinstance(line, str) else json.dumps(line) for line in content]
        (tmp_path / name).write_text("\n".join(lines))
    good = write(tmp_path / "good.jsonl", row(gold=[SHEEP]))
    assert cli.main(["evaluate", str(good), str(tmp_path / name)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("askarticle: ") and err.count("\n") == 1
    assert all(words in err for words in says), err


def labelled(*questions: Question, text: str = TEXT) -> LabelledArticle:
    return LabelledArticle("a", Article(text), questions)


def test_outcomes_are_those_of_the_public_answer():
    encoder = WordEncoder()
    literal = Question("老人有几只羊", "keyword", (SHEEP,))
    foreign = Question("zebra crossing", "english", (SHEEP,))
    steps: list[tuple[int, int]] = []
    found = list(ask([labelled(literal, foreign)], encoder, lambda *step: steps.append(step)))
    assert [item.question for item in found] == [literal, foreign] and steps == [(1, 2), (2, 2)]
    assert (found[0].rank, found[0].words_rank, found[0].is_marked) == (0, 0, True)
    assert found[1].words_rank == math.inf and found[1].words_best == 0
    assert found[1].rank < 4  # all four passages are among the ten
    assert sum(len(call) > 1 for call in encoder.calls) == 1  # the article, once


def test_a_mark_on_the_same_sentence_elsewhere_counts():
    twice = TEXT + TEXT
    start, end = (len(TEXT) + place for place in SHEEP)
    (item,) = ask(
        [labelled(Question("老人有几只羊", "keyword", ((start, end),)), text=twice)], WordEncoder()
    )
    assert item.hits[0].passage.end < start
    assert item.rank == 0 and item.is_marked


def test_figures_worked_out_by_hand():
    questions = (
        Question("老人有几只羊", "literal", (SHEEP,)),
        Question("zebra", "english", (SHEEP,)),
        Question("老人有几只羊", "near", ()),
        Question("老人有几只羊", "rated-down", (), wrong=(SHEEP,)),
    )
    outcomes = list(ask([labelled(*questions)], WordEncoder(dimension=4096)))
    found = summary(outcomes, misses=5)
    rows = {(row["kind"], row["language"]): row for row in found["ranking"]}
    assert {key: row["questions"] for key, row in rows.items()} == {
        (None, None): 2, (None, "zh"): 1, (None, "en"): 1,
        ("literal", "zh"): 1, ("english", "en"): 1,
    }  # fmt: skip
    assert rows[None, None]["BM25"]["R@1"].value == 0.5
    # No passage is like "zebra", so they stay in their order and the third one answers.
    assert rows["english", "en"]["askarticle"]["MRR@10"].value == pytest.approx(1 / 3)
    assert rows["english", "en"]["difference"]["R@5"].value == 1
    # The unanswerable question is the answerable one again, so neither is surer.
    (abstention,) = found["abstention"]
    assert [abstention[key] for key in ("BM25", "first hit", "reply")] == [0.5] * 3
    assert abstention["answerable"] == 1
    assert found["rated_down"] == {"questions": 1, "still_first": 1}
    (mark,) = outcomes[0].hits[0].marks
    marks = found["marks"]
    assert (marks["right_first_hits"], marks["touching"].value) == (1, 1)
    assert marks["share_marked"] == pytest.approx((mark[1] - mark[0]) / len("老人有五十二只羊。"))
    assert found["passage_characters"] == {"askarticle": len(TEXT) / 4, "plain_cut": len(TEXT) / 4}
    assert [(miss["question"], miss["place"], miss["expected"]) for miss in found["misses"]] == [
        ("zebra", 3, ["五十二"])
    ]
    assert "rated down: 1, 1 of them still first" in as_text("set", found)


@pytest.fixture(scope="module")
def two_articles(tmp_path_factory) -> Path:
    lines = (ROOT / "evaluation" / "own.jsonl").read_text(encoding="utf-8").split("\n")[:2]
    path = tmp_path_factory.mktemp("set") / "two.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_the_command_for_programs(two_articles, capsys):
    assert cli.main(["evaluate", str(two_articles), "--json", "--misses", "2"]) == 0
    out, err = capsys.readouterr()
    shown = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert err == "" and shown["encoder"] == "built-in"
    (found,) = shown["files"]
    assert found.keys() == {
        "file", "articles", "questions", "passage_characters", "ranking", "abstention", "answered",
        "confidence", "marks", "rated_down", "milliseconds", "misses",
    }  # fmt: skip
    assert (found["articles"], found["questions"], len(found["misses"])) == (2, 30, 2)
    total = found["ranking"][0]
    for way in ("BM25", "askarticle"):
        for value, low, high in total[way].values():
            assert 0 <= low <= value <= high <= 1
    for name, (value, _, _) in total["difference"].items():
        assert value == pytest.approx(total["askarticle"][name][0] - total["BM25"][name][0])
    assert found["milliseconds"]["question"] > 0
    assert {row["kind"] for row in found["abstention"]} == {"unanswerable", "near", "far"}
    for row in found["answered"]:
        assert row["strict"] <= row["balanced"] <= row["eager"]


def test_the_command_for_readers(two_articles, capsys):
    assert cli.main(["evaluate", str(two_articles), "--misses", "1"]) == 0
    out = capsys.readouterr().out
    for words in (
        "R@1", "R@5", "MRR@10", "BM25", "difference", "AUROC", "strict", "balanced", "plain cut",
        "calibration error", "touch the words", "times the encoder's",
    ):  # fmt: skip
        assert words in out
    (item, *_) = read(two_articles)
    missed = [question for question in item.questions if f"] {question.text}" in out]
    assert len(missed) == 1 and "  expected, " in out
    start, end = missed[0].gold[0]
    assert item.article.text[start:end] in out
