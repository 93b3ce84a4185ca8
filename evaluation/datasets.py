"""Reads labelled questions: SQuAD-format JSON and JSON lines, plain or gzipped.

A row of JSON lines has `text` and `questions`, each with `question`, `kind` and `gold`: ranges of
`text` that answer, none if it doesn't say.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from askarticle import Article, Passage


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    kind: str
    gold: tuple[tuple[int, int], ...]
    """Ranges of the article's text that answer; empty if it doesn't say."""

    def is_answered_by(self, passage: Passage) -> bool:
        return any(passage.start < end and start < passage.end for start, end in self.gold)


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    id: str
    article: Article
    questions: tuple[Question, ...]


def read(path: Path, *, questions_of: Path | None = None) -> list[LabelledArticle]:
    """The articles of a file; SQuAD questions may be taken from another file with equal ids."""
    text = _text(path)
    if text.startswith('{"id"') or ".jsonl" in path.name:
        return [_from_row(json.loads(line)) for line in text.split("\n") if line]
    other = _squad_questions(json.loads(_text(questions_of))) if questions_of else {}
    kind = path.name.split(".json")[0] + (f" asked in {questions_of.name}" if questions_of else "")
    return [
        _from_squad(number, article["paragraphs"], other, kind)
        for number, article in enumerate(json.loads(text)["data"])
    ]


def _text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def _from_row(row: Mapping[str, Any]) -> LabelledArticle:
    questions = tuple(
        Question(q["question"], q["kind"], tuple((start, end) for start, end in q["gold"]))
        for q in row["questions"]
    )
    return LabelledArticle(row["id"], Article(row["text"]), questions)


def _squad_questions(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        question["id"]: question["question"]
        for article in data["data"]
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    }


def _from_squad(
    number: int, paragraphs: list[Any], other: Mapping[str, str], kind: str
) -> LabelledArticle:
    text, questions = "", []
    for paragraph in paragraphs:
        for question in paragraph["qas"]:
            starts = [(len(text) + a["answer_start"], len(a["text"])) for a in question["answers"]]
            gold = tuple(sorted({(start, start + length) for start, length in starts}))
            asked = other.get(question["id"], question["question"])
            questions.append(Question(asked, kind, gold))
        text += paragraph["context"] + "\n"
    return LabelledArticle(str(number), Article(text), tuple(questions))
