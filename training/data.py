"""Reads the training data: JSON lines and a dictionary, gzip, from one folder.

It doesn't clean, and keeps no copy.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from askarticle.passages import split

# One text in five is never trained on: models are chosen on it, and confidence is fitted on it.
FOLD = 5
_ENTRY = re.compile(r"(\S+) (\S+) \[[^]]*\] /(.*)/")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text cut into sentences, with questions and the sentences that answer each."""

    sentences: tuple[str, ...]
    questions: tuple[tuple[str, str, tuple[int, ...]], ...]
    """(question, kind, numbers of the sentences that answer)."""


def rows(path: Path, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a `.jsonl.gz` file; none if the file isn't there."""
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, islice(lines, limit))


def dictionary(folder: Path) -> list[tuple[str, str, list[str]]]:
    """The entries of CC-CEDICT: (traditional, simplified, senses)."""
    with gzip.open(folder / "cedict_2020-10-18.u8.gz", "rt", encoding="utf-8") as lines:
        found = (_ENTRY.match(line) for line in lines if not line.startswith("#"))
        return [(m[1], m[2], m[3].split("/")) for m in found if m]


def is_held_out(text_id: str) -> bool:
    """Whether a text of the reader questions belongs to the fold that is never trained on."""
    return int(hashlib.sha1(text_id.encode()).hexdigest(), 16) % FOLD == 0


def label(text: str, asked: list[tuple[str, str, list[list[int]]]]) -> Labelled:
    """`text` with its (question, kind, answering ranges), each range turned into sentences."""
    passages = split(text)
    questions = []
    for question, kind, ranges in asked:
        answers = tuple(
            p.number
            for p in passages
            if any(p.start < end and start < p.end for start, end in ranges)
        )
        if answers:
            questions.append((question, kind, answers))
    return Labelled(tuple(p.text for p in passages), tuple(questions))


def reader_questions(folder: Path, *, held_out: bool) -> list[Labelled]:
    """The texts with questions as readers ask them, of the fold or outside it."""
    return [
        label(row["text"], [(q["question"], q["kind"], q["gold"]) for q in row["questions"]])
        for row in rows(folder / "reader_questions.jsonl.gz")
        if is_held_out(row["id"]) == held_out
    ]


def annotated_questions(folder: Path) -> list[Labelled]:
    """The contexts of the reading-comprehension sets, each with its answerable questions."""
    asked: dict[str, list[tuple[str, str, list[list[int]]]]] = {}
    for row in rows(folder / "qa_train.jsonl.gz"):
        start = row["start"]
        if start >= 0:
            gold = [[start, start + len(row["answer"])]]
            asked.setdefault(row["context"], []).append((row["question"], row["source"], gold))
    labelled = (label(context, questions) for context, questions in asked.items())
    return [text for text in labelled if text.questions and len(text.sentences) > 1]


def parallel_sentences(folder: Path) -> list[tuple[str, str]]:
    """(English, Chinese) sentences of equal meaning."""
    return [(row["en"], row["zh"]) for row in rows(folder / "parallel_en_zh.jsonl.gz")]


def chinese_texts(folder: Path, news: int = 12_000, prose: int = 1_000) -> Iterator[str]:
    """Chinese text of every kind, for counting words: some 20 million characters."""
    for row in rows(folder / "news.jsonl.gz", news):
        yield row["text"]
    for row in rows(folder / "tech_prose.jsonl.gz", prose):
        yield row["text"]
    contexts = set()
    for row in rows(folder / "qa_train.jsonl.gz"):
        yield row["question"]
        contexts.add(row["context"])
    yield from sorted(contexts)
    for row in rows(folder / "reader_questions.jsonl.gz"):
        if not is_held_out(row["id"]):
            yield row["text"]
            yield from (q["question"] for q in row["questions"])
    for row in rows(folder / "pairs.jsonl.gz"):
        yield row["a"]
    for row in rows(folder / "parallel_en_zh.jsonl.gz"):
        yield row["zh"]


def characters(folder: Path) -> set[str]:
    """Every character of the news and the technical articles."""
    files = (folder / "news.jsonl.gz", folder / "tech_prose.jsonl.gz")
    return {char for path in files for row in rows(path) for char in row["text"]}
