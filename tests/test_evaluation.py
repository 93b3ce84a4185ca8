"""The quality gate, the ablation and the curves: against figures worked out by hand."""

import gzip
import json
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from conftest import WordEncoder

from askarticle import Article, load_encoder
from askarticle.confidence import FEATURES, log_odds
from askarticle.evaluating.asking import Outcome, ask
from askarticle.evaluating.datasets import LabelledArticle, Question, read
from askarticle.ranking import Evidence
from evaluation import ablation, calibrate, dialogues, gate, plots
from evaluation.measure import Scored, score
from training import data

TEXT = "红花开在山上。白鸟飞过河流。老人有五十二只羊。孩子在树下读书。"


def test_a_question_is_scored_on_its_own_article():
    start = TEXT.index("五十二")
    questions = (Question("老人有几只羊", "keyword", ((start, start + 3),)),)
    encoder = WordEncoder()
    (item,) = score([LabelledArticle("a", Article(TEXT), questions)], encoder)
    assert item.answers.tolist() == [False, False, True, False]
    assert set(item.ranks().values()) == {0.0}
    assert sum(len(call) > 1 for call in encoder.calls) == 1  # the article, once


def scored(question: str, answers: list[bool], **columns: list[float]) -> Scored:
    zeros = np.zeros(len(answers), np.float32)
    parts = dict.fromkeys(Evidence._fields, zeros) | {
        name: np.array(values, np.float32) for name, values in columns.items()
    }
    article = LabelledArticle("a", Article(TEXT), ())
    asked = Question(question, "keyword", ((0, 1),))
    return Scored(article, asked, Evidence(**parts), np.array(answers), np.arange(len(answers)))


def test_the_ablation_takes_each_part_away_by_itself():
    by_words = scored("羊?", [False, True], cosine=[0.5, 0.4], coverage=[0.0, 0.9])
    by_tokens = scored("羊?", [False, True], cosine=[0.5, 0.4], likeness=[0.1, 0.8])
    both = [by_words, by_tokens]
    assert ablation.ranks(both, ["cosine"]) == [1, 1]
    assert ablation.ranks(both, ["exact words"]) == [0, np.inf]  # no shared word, not found
    assert ablation.ranks(both, ["cosine", "exact words"]) == [0, 1]
    assert ablation.ranks(both, [*ablation.PARTS]) == [0, 0]
    lines = list(ablation.table("both", both))
    worth = {line.split("  ")[1]: line for line in lines if "worth of" in line}
    assert "+0.500 [" in worth["worth of exact words"]
    assert "+0.500 [" in worth["worth of late interaction"]
    assert worth["worth of cosine"].endswith("worth less than .005")


def test_every_part_of_the_evidence_is_in_the_ablation():
    # The judge and the spread are for the confidence alone.
    assert set(ablation.PARTS.values()) == set(Evidence._fields) - {"judged", "spread"}


def test_the_curves_are_drawn_where_their_numbers_are():
    picture = ET.fromstring(plots.reliability({"zh": [(0.25, 0.5, 7)], "en": [(1.0, 0.0, 3)]}))
    dots = [(float(d.get("cx")), float(d.get("cy"))) for d in picture.iter() if "circle" in d.tag]
    left, bottom = plots._LEFT, plots._TOP + plots._SIZE
    size = plots._SIZE
    assert dots == [(left + size / 4, bottom - size / 2), (left + size, bottom)]
    assert {"7", "3", "Chinese questions", "English questions"} <= {t.text for t in picture.iter()}


def test_the_share_answered_falls_with_the_threshold():
    sure = {"answerable": np.array([0.9, 0.7]), "off-topic": np.array([0.1])}
    picture = ET.fromstring(plots.answered({"en": sure}))
    lines = [e for e in picture.iter() if e.get("stroke") == plots._COLOURS[0]]
    heights = [float(point.split(",")[1]) for point in lines[0].get("points").split()]
    top, half = plots._TOP, plots._TOP + plots._SIZE / 2
    assert heights[:70] == [top] * 70 and heights[72:90] == [half] * 18
    assert heights[91:] == [plots._TOP + plots._SIZE] * 10
    texts = {e.text for e in picture.iter()}
    assert {"strict", "balanced", "eager", "answerable (2)", "off-topic (1)"} <= texts


def test_the_confidence_is_fitted_and_drawn_from_one_pass(tmp_path, monkeypatch, capsys):
    held_out = (f"t{n}" for n in range(1000) if data.is_held_out(f"t{n}"))
    rows = [json.loads(line) for line in gate.QUESTIONS.read_text("utf-8").split("\n") if line]
    lines = [json.dumps(row | {"id": next(held_out)}) for row in rows]
    packed = gzip.compress("\n".join(lines).encode())
    (tmp_path / "reader_questions.jsonl.gz").write_bytes(packed)
    encoder = WordEncoder()
    monkeypatch.setattr(calibrate, "load_encoder", lambda: encoder)
    monkeypatch.setattr(calibrate, "CURVES", tmp_path / "curves.json")
    calibrate.main([str(tmp_path), "--write", "--plots", str(tmp_path / "docs"), "--texts", "6"])
    out = capsys.readouterr().out
    assert out.startswith("6 texts, ")
    fitted = json.loads((tmp_path / "curves.json").read_text())
    # The words' encoder has no judge.
    assert {pair: [*of] for pair, of in fitted.items()} == {
        pair: ["unjudged"] for pair in ("Chinese", "across", "other")
    }
    assert "AUROC of answerable against off-topic, zh" in out
    names = ("reliability", "answered")
    curves = {name: ET.parse(tmp_path / "docs" / f"{name}.svg") for name in names}
    counts = [e.text for e in curves["reliability"].iter() if (e.text or "").isdigit()]
    kinds = [e.text for e in curves["answered"].iter() if (e.text or "").endswith(")")]
    asked = int(out.split(" texts, ")[1].split()[0])
    assert sum(map(int, counts)) == asked  # every question has its first hit in a bin
    assert sum(int(kind.split("(")[1][:-1]) for kind in kinds) == asked


def test_the_curves_are_those_that_the_labels_were_drawn_by():
    rng = np.random.default_rng(7)
    features = rng.uniform(0, 1, (40_000, 5))
    odds = -2 + 4 * features[:, 0] + np.where(features[:, 3] < 0.6, 0, 5 * features[:, 3] - 3)
    odds -= 3 * features[:, 4]
    labels = rng.uniform(size=len(features)) < 1 / (1 + np.exp(-odds))
    fitted = calibrate.fit(features, labels)
    told, drawn = (1 / (1 + np.exp(-of)) for of in (log_odds(fitted, features), odds))
    assert np.abs(told - drawn).mean() < 0.01
    for name in FEATURES[:5]:
        where, height = map(np.array, fitted[name])
        rises = np.diff(height) * (-1 if name == "spread" else 1)
        assert (np.diff(where) > 0).all() and (rises >= 0).all()
    # What should lower the odds by rising is given no say.
    against = calibrate.fit(features, ~labels)
    assert max(np.ptp(against[name][1]) for name in ("cosine", "lead", "spread")) < 0.1


def test_every_gold_range_holds_words():
    asked = 0
    for item in read(gate.QUESTIONS):
        asked += len(item.questions)
        for question in item.questions:
            assert bool(question.gold) == (question.kind not in ("near", "far"))
            for start, end in question.gold:
                assert item.article.text[start:end].strip()
    assert asked >= 150


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return list(ask(read(gate.QUESTIONS), load_encoder()))


@pytest.mark.slow
def test_the_gate_no_figure_is_worse_than_it_was(outcomes):
    table, lost = gate.losses(gate.figures(outcomes), json.loads(gate.BASELINE.read_text()))
    assert not lost, f"\n{table}"


@pytest.mark.slow
def test_the_gate_stops_a_broken_ranker(outcomes, monkeypatch):
    scores = Evidence.scores
    monkeypatch.setattr(Evidence, "scores", lambda self, question: -scores(self, question))
    few = read(gate.QUESTIONS)[:3]
    texts = {item.article.text for item in few}
    sound = gate.figures([item for item in outcomes if item.article.article.text in texts])
    assert not gate.losses(sound, sound)[1]
    table, lost = gate.losses(gate.figures(list(ask(few, load_encoder()))), sound)
    assert lost
    fallen = {line.split(",")[0] for line in table.splitlines() if line.endswith("LOST")}
    assert fallen >= {"paraphrase", "keyword"}


def test_the_gate_allows_noise_and_no_more():
    baseline = {"keyword": {"first": 20, "questions": 24}, "near": {"AUROC": 0.6}}
    assert not gate.losses(
        {"keyword": {"first": 18, "questions": 24}, "near": {"AUROC": 0.58}}, baseline
    )[1]
    for worse in (
        {"keyword": {"first": 17, "questions": 24}, "near": {"AUROC": 0.6}},
        {"keyword": {"first": 20, "questions": 24}, "near": {"AUROC": 0.56}},
        {"near": {"AUROC": 0.6}},
    ):
        table, lost = gate.losses(worse, baseline)
        assert lost and "LOST" in table


@pytest.mark.slow
def test_the_dialogues_are_measured(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["dialogues"])
    dialogues.main()
    halves = re.findall(
        r"(\d+) follow-ups: right first hits alone (\d+), in conversation (\d+)",
        capsys.readouterr().out,
    )
    assert len(halves) == 2
    assert all(int(together) > int(alone) for _, alone, together in halves)
