"""How often the right passage comes first: `python -m benchmarks.quality FOLDER`.

FOLDER holds evaluation sets, SQuAD format or JSON lines, plain or gzipped; those of the README are
taken if they are there (`--sets` names some). In one run, side by side: exact words (BM25), the
English teacher that the built-in encoder was made from (alone; extra: train), the built-in encoder
alone, and the whole of askarticle. Then what they cost. Times differ between machines and moments;
the ratios hold.
"""

import argparse
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from askarticle import load_encoder
from askarticle.encoder import Encoder
from askarticle.evaluating.datasets import LabelledArticle, read
from askarticle.evaluating.metrics import mean, recall, reciprocal_ranks
from askarticle.passages import split
from evaluation.measure import Scored, score

# (name, file, file whose questions are asked of it)
_SETS = (
    ("news", "news_dev.jsonl.gz", None),
    ("English news", "news_en_dev.jsonl.gz", None),
    ("CMRC 2018 dev", "cmrc2018_dev.json.gz", None),
    ("DRCD dev", "drcd_dev.json.gz", None),
    ("XQuAD zh", "xquad.zh.json.gz", None),
    ("XQuAD en", "xquad.en.json.gz", None),
    ("XQuAD en → zh", "xquad.zh.json.gz", "xquad.en.json.gz"),
)
_WAYS = ("BM25", "encoder", "askarticle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="+", choices=[name for name, _, _ in _SETS])
    options = parser.parse_args()
    encoder, teacher = load_encoder(), _teacher()
    print(f"{_commit()}, encoder {encoder.fingerprint[:12]}; R@1 [95 %] / R@3, MRR@10")
    sentences: list[str] = []
    for name, file, asked in _SETS:
        path = options.folder / file
        if not path.exists() or name not in (options.sets or [name]):
            continue
        labelled = read(path, questions_of=options.folder / asked if asked else None)
        texts = dict.fromkeys(item.article.text for item in labelled)
        sentences += [passage.text for text in texts for passage in split(text)]
        scored = [item for item in score(labelled, encoder, with_judge=False) if item.question.gold]
        _print(name, scored, teacher and _teacher_ranks(labelled, scored, teacher))
    _print_costs(encoder, teacher, sentences)


def _print(name: str, scored: Sequence[Scored], teachers: Sequence[float] | None) -> None:
    kinds = dict.fromkeys(item.question.kind for item in scored)
    groups = {kind: [kind] for kind in kinds} if len(kinds) > 1 else {"": list(kinds)}
    if {"paraphrase", "keyword"} <= kinds.keys():
        groups = {"paraphrase and keyword": ["paraphrase", "keyword"]} | groups
    ranks = [item.ranks() for item in scored]
    for title, of in groups.items():
        chosen = [i for i, item in enumerate(scored) if item.question.kind in of]
        print(f"\n{name}{title and ', '}{title}: {len(chosen)} questions")
        rows = {way: [ranks[i][way] for i in chosen] for way in _WAYS}
        if teachers:
            rows["teacher"] = [teachers[i] for i in chosen]
        for way in ("BM25", "teacher", "encoder", "askarticle"):
            if way in rows:
                _print_row(way, rows[way])
        print(f"  askarticle − BM25: {_difference(rows['askarticle'], rows['BM25'])}")


def _print_row(way: str, ranks: Sequence[float]) -> None:
    first, low, high = recall(ranks, 1)
    third, mrr = recall(ranks, 3).value, reciprocal_ranks(ranks).mean()
    print(f"  {way:10} {first:.3f} [{low:.3f}, {high:.3f}] / {third:.3f}, {mrr:.3f}")


def _difference(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """The difference in R@1 with its paired bootstrap 95 % interval."""
    gain, low, high = mean(np.subtract(np.less(ours, 1), np.less(theirs, 1), dtype=np.float64))
    return f"{gain:+.3f} [{low:+.3f}, {high:+.3f}]"


def _teacher() -> Encoder | None:
    """The teacher, if the extra is installed."""
    try:
        from training.transplant import teacher_folder
    except ImportError:
        return None
    return load_encoder(teacher_folder())


def _teacher_ranks(
    labelled: Sequence[LabelledArticle], scored: Sequence[Scored], teacher: Encoder
) -> list[float]:
    """By the teacher's cosine alone."""
    texts = dict.fromkeys(item.article.text for item in labelled)
    vectors = {text: teacher.encode([p.text for p in split(text)]) for text in texts}
    questions = teacher.encode([item.question.text for item in scored])
    return [
        item.rank(vectors[item.article.article.text][item.numbers] @ question)
        for item, question in zip(scored, questions, strict=True)
    ]


def _print_costs(encoder: Encoder, teacher: Encoder | None, sentences: Sequence[str]) -> None:
    size = sum(p.stat().st_size for p in _model_folder().rglob("*") if p.is_file())
    print(f"\nsize of the built-in encoder: {size / 1e6:.1f} MB")
    if not teacher or not sentences:
        return
    chosen = sentences[:: max(1, len(sentences) // 256)][:256]
    rates: dict[str, list[float]] = {"encoder": [], "teacher": []}
    for _ in range(5):  # in turn, so that both meet the machine's moods
        for name, one in (("encoder", encoder), ("teacher", teacher)):
            started = time.perf_counter()
            one.encode(chosen)
            rates[name].append(len(chosen) / (time.perf_counter() - started))
    ours, theirs = (statistics.median(rates[name]) for name in ("encoder", "teacher"))
    print(
        f"sentences a second: encoder {ours:.0f}, teacher {theirs:.0f}: {ours / theirs:.2f} of it"
    )


def _model_folder() -> Path:
    import askarticle

    return Path(askarticle.__file__).with_name("model")


def _commit() -> str:
    shown = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
    )
    return f"commit {shown.stdout.strip()}" if shown.returncode == 0 else "no commit"


if __name__ == "__main__":
    main()
