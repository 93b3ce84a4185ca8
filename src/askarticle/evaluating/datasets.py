"""Reads labelled questions: SQuAD-format JSON (1.1 or 2.0) and JSON lines, plain or gzipped.

A line is one article and what was asked of it:

    {"id": "a", "text": "…", "questions": [{"question": "…", "kind": "keyword", "gold": [[3, 9]]}]}

`text` and `questions` are needed, `id` and `title` not. A question has `question` and `kind`, and
may have `lang` ("zh" or "en"; else it is told by its script), `gold`: the ranges [start, end) of
`text` that answer, none if the article doesn't say, and `wrong`: ranges that don't answer.

What a reader rated in the chat is such a line, with one question: a passage that was liked has the
kind "rated" and its range in `gold`; one that was not has the kind "rated-down", its range in
`wrong` and no `gold` — which says nothing of the rest of the article. Where the chat said that the
article doesn't say, a reader who agreed left "rated" with an empty `gold`, one who didn't
"rated-down" with neither, which only takes the other back. Lines with the same text become one
article; of ratings of one passage for one question, or of its absence, the last counts.

A SQuAD article is its paragraphs, one a line. An answer lies where the file says, or else, since
published sets have slips of a few characters, where its words stand nearest to that; one whose
words stand nowhere in its paragraph is left out. It changes no text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from askarticle.article import Article
from askarticle.errors import ReadError
from askarticle.evaluating.fields import askable, field, parsed, shown, unpacked, words_of
from askarticle.passages import Passage
from askarticle.ranking import is_chinese

_RATINGS = ("rated", "rated-down")

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and where its article answers it."""

    text: str
    kind: str
    gold: Ranges
    """Ranges of the article's text that answer; empty if it doesn't say."""
    language: str = ""
    """"zh" or "en": what it is asked in; told by its script unless given."""
    wrong: Ranges = ()
    """Ranges that a reader said don't answer."""

    def __post_init__(self) -> None:
        if not self.language:
            object.__setattr__(self, "language", "zh" if is_chinese(self.text) else "en")

    @property
    def is_unanswerable(self) -> bool:
        """Whether the article is known not to answer."""
        return not self.gold and not self.wrong and self.kind != "rated-down"

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether the passage holds part of what answers."""
        return any(passage.start < end and start < passage.end for start, end in self.gold)


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article and the questions asked of it."""

    id: str
    article: Article
    questions: tuple[Question, ...]


def read(path: Path, *, questions_of: Path | None = None) -> list[LabelledArticle]:
    """The articles of a file, each text once, with at least one question in all.

    With `questions_of`, SQuAD questions are replaced by those with equal ids of that file: the
    same questions in another language. Raises ReadError, which names the file and the line or
    field.
    """
    name = path.name.removesuffix(".gz")
    if name.endswith(".jsonl"):
        if questions_of:
            raise ReadError(f"{path}: only a SQuAD file is asked another's questions, by their ids")
        found = [_row(place, row) for place, row in _lines(path)]
    elif name.endswith(".json"):
        other = dict(_squad_questions(questions_of)) if questions_of else None
        kind = name.removesuffix(".json")
        kind += f" asked in {questions_of.name}" if questions_of else ""
        found = list(_squad(path, kind, other))
    else:
        raise ReadError(
            f"{path}: labelled questions are read from .json (SQuAD) and .jsonl (a line an "
            "article), either also with .gz"
        )
    articles = _merged(found)
    if not any(item.questions for item in articles):
        raise ReadError(f"{path}: there is no question in it")
    return articles


def _merged(found: list[LabelledArticle]) -> list[LabelledArticle]:
    """Each text once, with the questions of all its lines."""
    articles: dict[str, LabelledArticle] = {}
    asked: dict[str, list[Question]] = {}
    for item in found:
        articles.setdefault(item.article.text, item)
        asked.setdefault(item.article.text, []).extend(item.questions)
    return [replace(item, questions=_latest(asked[text])) for text, item in articles.items()]


def _latest(asked: list[Question]) -> tuple[Question, ...]:
    """The questions without the ratings that a later one of the same passage takes back."""
    last = {(q.text, q.gold or q.wrong): q for q in asked if q.kind in _RATINGS}
    return tuple(q for q in asked if q.kind not in _RATINGS or last[q.text, q.gold or q.wrong] is q)


def _row(place: str, row: Any) -> LabelledArticle:
    text = words_of(place, row)
    questions = []
    for number, asked in enumerate(field(place, row, "questions", list), 1):
        here = f"{place}, question {number}"
        questions.append(
            Question(
                askable(here, field(here, asked, "question", str)),
                field(here, asked, "kind", str),
                _ranges(here, asked, "gold", text),
                field(here, asked, "lang", str, default=""),
                _ranges(here, asked, "wrong", text),
            )
        )
    title = field(place, row, "title", str, default="")
    return LabelledArticle(str(row.get("id", place)), Article(text, title), tuple(questions))


def _ranges(place: str, asked: Mapping[str, Any], name: str, text: str) -> Ranges:
    found = field(place, asked, name, list, default=[])
    for item in found:
        if not (
            isinstance(item, list)
            and [type(end) for end in item] == [int, int]
            and 0 <= item[0] < item[1] <= len(text)
        ):
            raise ReadError(
                f"{place}: {name} holds {shown(item)}, which is no [start, end) within the "
                f"text's {len(text)} characters"
            )
    return tuple((start, end) for start, end in found)


def _squad(path: Path, kind: str, other: Mapping[str, str] | None) -> Iterator[LabelledArticle]:
    for number, (place, article) in enumerate(_squad_articles(path)):
        text, questions = "", []
        for p, paragraph in enumerate(field(place, article, "paragraphs", list)):
            within = f"{place}.paragraphs[{p}]"
            context = words_of(within, paragraph, "context")
            for q, asked in enumerate(field(within, paragraph, "qas", list)):
                here = f"{within}.qas[{q}]"
                question = field(here, asked, "question", str)
                if other is not None:
                    if (key := str(asked.get("id"))) not in other:
                        raise ReadError(f"{here}: the other file has no question with id {key!r}")
                    question = other[key]
                ranges = sorted(set(_answers(here, asked, context)))
                gold = tuple((len(text) + start, len(text) + end) for start, end in ranges)
                kind_of = kind if gold else "unanswerable"
                questions.append(Question(askable(here, question), kind_of, gold))
            text += context + "\n"
        title = field(place, article, "title", str, default="")
        yield LabelledArticle(str(number), Article(text, title), tuple(questions))


def _answers(place: str, asked: Mapping[str, Any], context: str) -> list[tuple[int, int]]:
    """The ranges of the context where the answers stand."""
    if asked.get("is_impossible"):
        return []
    answers, found = field(place, asked, "answers", list), []
    for answer in answers:
        words = field(f"{place}.answers", answer, "text", str)
        said = max(0, field(f"{place}.answers", answer, "answer_start", int))
        around = context.rfind(words, 0, said + len(words)), context.find(words, said)
        starts = [start for start in around if start >= 0 and words]
        if starts:
            start = min(starts, key=lambda start: abs(start - said))
            found.append((start, start + len(words)))
    if answers and not found:
        raise ReadError(f"{place}: no answer stands in the context; of them {shown(answers[0])}")
    return found


def _squad_articles(path: Path) -> Iterator[tuple[str, Any]]:
    content = parsed(str(path), unpacked(path))
    for number, article in enumerate(field(str(path), content, "data", list)):
        yield f"{path}: data[{number}]", article


def _squad_questions(path: Path) -> Iterator[tuple[str, str]]:
    for place, article in _squad_articles(path):
        for paragraph in field(place, article, "paragraphs", list):
            for asked in field(place, paragraph, "qas", list):
                question = field(place, asked, "question", str)
                yield str(asked.get("id")), question


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    # splitlines() would cut at U+2028, which JSON may hold as it is.
    for number, line in enumerate(unpacked(path).split("\n"), 1):
        if line.strip():
            yield f"{path}, line {number}", parsed(f"{path}, line {number}", line)
