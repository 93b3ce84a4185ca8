"""From a question to the passages that answer it, best first, each with its marks and confidence.

It doesn't read sources, and remembers no conversation.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from askarticle.article import Article, without_surrogates
from askarticle.confidence import Strictness, confidence
from askarticle.encoder import Encoder, Progress, Tokens, load_encoder
from askarticle.errors import QuestionError, ReadError
from askarticle.facts import is_of_another_date
from askarticle.index import PassageIndex
from askarticle.judge import Verdict
from askarticle.late_interaction import TokenCache, matches
from askarticle.marks import Marked, by_clause, by_judge
from askarticle.passages import Passage
from askarticle.reply import SUMMED, Hit, Reply, check_strictness
from askarticle.search import JUDGED, POOL, Search
from askarticle.store import MANIFEST

MAX_QUESTION_CHARS = 10_000
# A passage of another date than the question's keeps this part of its confidence. The fold has too
# few such questions to fit it (106).
_OTHER_DATE = 0.2

# A tab divides words; a soft hyphen or a zero-width space doesn't.
_UNSEEN = {"Cc": " ", "Cf": ""}
_CONTROLS = {c: _UNSEEN.get(unicodedata.category(chr(c)), chr(c)) for c in [*range(0x2100), 0xFEFF]}


class Retriever:
    """Finds passages in indexed articles. Safe to share between threads; never changes."""

    def __init__(
        self, index: PassageIndex, encoder: Encoder, tokens: TokenCache | None = None
    ) -> None:
        index.check_encoder(encoder)
        self._index = index
        self._encoder = encoder
        self._tokens = tokens or TokenCache(encoder)
        self._search = Search(index, encoder, self._tokens)

    @classmethod
    def build(
        cls,
        articles: Article | Iterable[Article],
        *,
        encoder: Encoder | None = None,
        progress: Progress | None = None,
        reuse: "Retriever | None" = None,
    ) -> "Retriever":
        """Index one article or several, with the built-in encoder unless another is given.

        `progress(done, total)` is called now and then with the number of passages encoded. Texts
        that `reuse`, an older retriever, holds aren't encoded again, and its encoder is taken if
        none is given; what comes out is what a build without it gives. An article given twice is
        indexed twice, but its passages are found once. Raises ReadError for an article without
        text and for what is none, EncoderError.
        """
        articles = [articles] if isinstance(articles, Article) else list(articles)
        for article in articles:
            if not isinstance(article, Article):
                raise ReadError(
                    f"Articles are indexed, not {type(article).__name__}: askarticle.read makes "
                    "one of a path or URL, askarticle.Article(text=…) of a text"
                )
        encoder = encoder or (reuse._encoder if reuse else load_encoder())
        old = reuse._index if reuse else None
        tokens = TokenCache(encoder)
        index = PassageIndex.build(articles, encoder, progress, old, tokens=tokens)
        return cls(index, encoder, tokens)

    @classmethod
    def load(cls, folder: str | Path, *, encoder: Encoder | None = None) -> "Retriever":
        """The retriever saved in a folder, every byte checked.

        The encoder that made it is loaded by name unless one is given; nothing is downloaded for
        that. Raises IndexStoreError or one of its kinds, EncoderError.
        """
        index = PassageIndex.load(folder)
        return cls(index, encoder or load_encoder(index.encoder_name, download=False))

    @classmethod
    def joined(cls, retrievers: Sequence["Retriever"]) -> "Retriever":
        """One retriever over the articles of several, one or more; nothing is encoded again.

        Raises IndexMismatch if they have different encoders.
        """
        encoder = retrievers[0]._encoder
        for retriever in retrievers:
            retriever._index.check_encoder(encoder)
        return cls(PassageIndex.joined([r._index for r in retrievers]), encoder)

    @property
    def encoder(self) -> Encoder:
        """What made the vectors."""
        return self._encoder

    def save(self, folder: str | Path) -> None:
        """Save articles, passages and vectors, replacing what the folder's index held, at once.

        Raises IndexStoreError or IndexLocked; the old index is then intact.
        """
        self._index.save(folder)

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles that are searched."""
        return self._index.articles

    @property
    def passage_count(self) -> int:
        """How many passages are searched, of all articles together."""
        return len(self._index)

    @property
    def encoder_name(self) -> str:
        """The encoder that made the vectors, as `load_encoder` was given it."""
        return self._index.encoder_name

    def passages(self, article: Article) -> tuple[Passage, ...]:
        """The passages of one of the articles, in order."""
        rows = self._rows(article)
        return self._index.passages[rows.start : rows.stop]

    def retrieve(self, question: str, k: int = 3, *, article: Article | None = None) -> list[Hit]:
        """The best `k` passages (all if there are fewer), best first, of one article or of all.

        Of passages that repeat each other only the fullest appears, if they are of the best
        sixteen. Raises QuestionError for a question without a letter or digit or of over 10,000
        characters, for k < 1, and for an article not indexed.
        """
        question = clean_question(question)
        k = _checked(k)
        asked = self._search.asked(question)
        rows, evidence, verdicts = self._search.gather(
            question, asked, self._rows(article), max(k, POOL), min(k, JUDGED)
        )
        scores, features = evidence.scores(question), evidence.features(question)
        best = np.argsort(-scores, kind="stable")[:k]
        passages = [self._index.passages[row] for row in rows[best]]
        marks = self._marks(question, asked, passages, [verdicts.get(int(i)) for i in best])
        words, meaning = evidence.words(question), evidence.meaning()
        sure = confidence(question, [passage.text for passage in passages], features[best])
        sure[[is_of_another_date(question, passage.text) for passage in passages]] *= _OTHER_DATE
        return [
            Hit(
                passage,
                self._article_at(int(rows[i])),
                float(scores[i]),
                float(probability),
                *marked,
                _share(float(words[i]), float(meaning[i])),
            )
            for i, passage, probability, marked in zip(best, passages, sure, marks, strict=True)
        ]

    def answer(
        self,
        question: str,
        k: int = 3,
        *,
        article: Article | None = None,
        strictness: Strictness = "balanced",
    ) -> Reply:
        """The passages that answer, or a reply whose `found` is False.

        Strict replies only when it is likely right, eager also when it may be. Raises
        QuestionError, as `retrieve` does, and for another word than these.
        """
        check_strictness(strictness)
        hits = self.retrieve(question, max(_checked(k), SUMMED), article=article)
        return Reply.of(question, hits, strictness, k)

    def relevance(self, question: str, article: Article) -> NDArray[np.float32]:
        """How near each passage of an article is to the question: [passages], in their order.

        The score without its second look, which would read every passage token by token: for a
        picture of where to look, not for ranking. Raises QuestionError, as `retrieve` does.
        """
        question = clean_question(question)
        return self._search.near(question, self._rows(article)).scores(question)

    def word_likeness(
        self, question: str, passages: Sequence[Passage]
    ) -> list[list[tuple[int, int, float]]]:
        """How like the words of each passage are to the question's likest: (start, end, -1 to 1).

        The ranges are of `article.text`, in order, one a token. Raises QuestionError.
        """
        asked = self._search.asked(clean_question(question))
        return [
            [
                (passage.start + start, passage.start + end, float(alike))
                for (start, end), alike in zip(
                    tokens.ranges.tolist(), matches(asked, tokens).max(axis=0), strict=True
                )
                if start < end
            ]
            for passage, tokens in zip(passages, self._tokens.tokens(passages), strict=True)
        ]

    def _rows(self, article: Article | None) -> range:
        if article is None:
            return range(len(self._index))
        if not isinstance(article, Article):
            raise QuestionError(
                f"one of the retriever's articles is searched, not {type(article).__name__}"
            )
        try:
            return self._index.article_rows[self._index.articles.index(article)]
        except ValueError:
            raise QuestionError(f"the article {article.name!r} is not in this index") from None

    def _article_at(self, row: int) -> Article:
        return self._index.articles[int(self._index.passages.table[row, 0])]

    def _marks(
        self,
        question: str,
        asked: Tokens,
        passages: Sequence[Passage],
        verdicts: Sequence[Verdict | None],
    ) -> list[Marked]:
        """What of each passage answers."""
        return [
            by_judge(question, asked, passage, tokens, verdict)
            if verdict
            else by_clause(question, asked, passage, tokens)
            for passage, tokens, verdict in zip(
                passages, self._tokens.tokens(passages), verdicts, strict=True
            )
        ]


def retrieve(question: str, k: int = 3, *, index: str | Path = "index") -> list[Hit]:
    """`Retriever.load(index).retrieve(question, k)`; the latest index stays loaded."""
    folder = Path(index).resolve()
    manifest = folder / MANIFEST
    return _loaded(folder, manifest.stat().st_mtime_ns if manifest.exists() else 0).retrieve(
        question, k
    )


@lru_cache(maxsize=1)
def _loaded(folder: Path, changed: int) -> Retriever:
    return Retriever.load(folder)


def _checked(k: int) -> int:
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise QuestionError(f"k is the number of passages to show, from 1 up; it was {k!r}")
    return k


def clean_question(question: str) -> str:
    """The question without control characters; QuestionError if nothing can be asked by it."""
    if not isinstance(question, str):
        raise QuestionError(f"a question is a text, not {type(question).__name__}")
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionError(
            f"the question has {len(question):,} characters; at most {MAX_QUESTION_CHARS:,} are "
            "read: ask a shorter one"
        )
    cleaned = without_surrogates(question).translate(_CONTROLS)
    if not any(char.isalnum() for char in cleaned):
        raise QuestionError(
            "the question is empty: ask in words"
            if not cleaned.strip()
            else f"there are no words in the question {cleaned.strip()[:40]!r}"
        )
    return " ".join(cleaned.replace("\ufffd", " ").split())


def _share(words: float, cosine: float) -> tuple[float, float]:
    meaning = max(cosine, 1e-6)
    return words / (words + meaning), meaning / (words + meaning)
