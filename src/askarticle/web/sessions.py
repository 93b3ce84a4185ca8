"""What each reader brought: articles of their own, held in memory and seen by nobody else.

A session is named by a random key that the browser made. It knows nothing of pages or HTTP.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from askarticle.article import Article
from askarticle.chat import Conversation
from askarticle.encoder import Progress
from askarticle.errors import AskArticleError, ReadError
from askarticle.passages import split
from askarticle.reply import SUMMED, Reply
from askarticle.retriever import Retriever
from askarticle.web.originals import Reader

MAX_OWN = 10
"""Articles of their own that a reader may have at once."""
MAX_OWN_PASSAGES = 5_000
"""The longest of them: a book of some 100,000 words; indexing it takes about half a minute."""
_MAX_TALKS = 8  # in several tabs, or taken up again
_MAX_SESSIONS = 200
_IDLE_SECONDS = 4 * 3600
_JOINED_UP_TO = 10_000  # passages; a larger collection isn't copied for one reader

_READING = threading.BoundedSemaphore(2)  # articles read and indexed at a time


class NotHere(AskArticleError):
    """An article that this session doesn't have (any more)."""


def key_of(article: Article) -> str:
    """A name for an article that is the same tomorrow: of its title and text."""
    content = f"{article.title}\0{article.text}".encode()
    return hashlib.sha256(content).hexdigest()[:12]


@lru_cache(maxsize=4)
def _keyed(retriever: Retriever) -> dict[str, Article]:
    return {key_of(article): article for article in retriever.articles}


@dataclass(frozen=True, slots=True)
class Own:
    """An article that a reader brought."""

    article: Article
    retriever: Retriever
    source: Reader | None
    """None if nothing was left out of it that could be put back."""
    kept: frozenset[int]


class Session:
    """One reader's articles, beside those that are served to all."""

    def __init__(self, served: Retriever) -> None:
        self._served = served
        self._own: OrderedDict[str, Own] = OrderedDict()
        self._all = [served]
        self._talks: OrderedDict[str, list[Conversation]] = OrderedDict()
        self._lock = threading.Lock()
        self.adding = threading.Lock()
        """Held while an article is being read and indexed, or waits its turn."""

    def serve(self, served: Retriever) -> None:
        """What is served to all from now on; the reader's own articles stay."""
        if served is not self._served:
            with self._lock:
                self._served = served
                self._join()

    @property
    def articles(self) -> dict[str, Article]:
        """All articles by key: the reader's first, the latest before the others."""
        own = {key: self._own[key].article for key in reversed(list(self._own))}
        return own | _keyed(self._served)

    @property
    def is_missed(self) -> bool:
        """Whether a reader would miss it: it holds, or is about to hold, what they brought."""
        return bool(self._own) or self.adding.locked()

    def own(self, key: str) -> Own | None:
        """The reader's article of this key, if it is one."""
        return self._own.get(key)

    def home(self, key: str) -> tuple[Retriever, Article]:
        """An article, and a retriever that it lies in; raises NotHere."""
        if article := self.articles.get(key):
            for retriever in self._all:
                if article in retriever.articles:
                    return retriever, article
        raise NotHere("this article is no longer here: add it again")

    def add(
        self,
        source: Reader,
        kept: Collection[int] = (),
        *,
        instead: str = "",
        progress: Progress | None = None,
    ) -> str:
        """Read, index and hold an article, `instead` of another; returns its key.

        One at a time, and two of all readers. Raises ReadError for what can't be read, for one too
        many or too long.
        """
        with self.adding, _READING:
            if len(self._own) - (instead in self._own) >= MAX_OWN:
                raise ReadError(f"at most {MAX_OWN} articles can be open at once: close one first")
            article = source(kept)
            passages = len(split(article.text))
            if passages > MAX_OWN_PASSAGES:
                raise ReadError(
                    f"the article has {passages:,} sentences, and at most {MAX_OWN_PASSAGES:,} "
                    "are read here: give a part of it"
                )
            retriever = Retriever.build(article, encoder=self._served.encoder, progress=progress)
            key = key_of(article)
            with self._lock:
                self._own.pop(instead, None)
                again = source if article.removed else None
                self._own[key] = Own(article, retriever, again, frozenset(kept))
                self._join()
            return key

    def drop(self, key: str) -> None:
        """Forget an article of the reader's own."""
        with self._lock:
            self._own.pop(key, None)
            self._join()

    def ask(self, question: str, k: int, key: str = "", talk: str = "") -> Reply:
        """The reply of one article, or of all together; each `talk` carries its own topic.

        Raises QuestionError, NotHere.
        """
        with self._lock:
            home, article = self.home(key) if key else (None, None)
            conversations = self._talks.pop(talk, None) or list(map(Conversation, self._all))
            self._talks[talk] = conversations
            while len(self._talks) > _MAX_TALKS:
                self._talks.popitem(last=False)
            asked = [
                conversation
                for conversation, retriever in zip(conversations, self._all, strict=True)
                if home in (None, retriever)
            ]
            if len(asked) == 1:
                return asked[0].ask(question, k, article=article)
            replies = [conversation.ask(question, max(k, SUMMED)) for conversation in asked]
        best = max(replies, key=lambda reply: reply.hits[0].confidence)
        # Scores of two retrievers can't be compared; confidences can.
        hits = sorted((h for reply in replies for h in reply.hits), key=lambda h: -h.confidence)
        return Reply.of(question, hits, "balanced", k, best.carried)

    def _join(self) -> None:
        own = [own.retriever for own in self._own.values()]
        if not own:
            self._all = [self._served]
        elif self._served.passage_count <= _JOINED_UP_TO:
            self._all = [Retriever.joined([self._served, *own])]
        else:
            self._all = [self._served, Retriever.joined(own)]
        self._talks.clear()


class Sessions:
    """The sessions by key. The longest unused are forgotten: over 200, or idle for four hours.

    Of too many first those without articles: their pages lose nothing but the topic of follow-ups.
    """

    def __init__(self, served: Callable[[], Retriever]) -> None:
        self._served = served
        self._sessions: OrderedDict[str, tuple[float, Session]] = OrderedDict()
        self._lock = threading.Lock()

    def opened(self, key: str) -> Session:
        """The session of a page that is being opened: it gets what is served by now."""
        session = self[key]
        session.serve(self._served())
        return session

    def __getitem__(self, key: str) -> Session:
        """The session of this key, new if there is none."""
        with self._lock:
            now = time.monotonic()
            _, session = self._sessions.pop(key, (now, None))
            session = session or Session(self._served())
            self._sessions[key] = now, session
            for old, (used, _) in list(self._sessions.items()):
                if now - used > _IDLE_SECONDS:
                    del self._sessions[old]
            if len(self._sessions) > _MAX_SESSIONS:
                others = list(self._sessions)[:-1]  # the longest unused first
                del self._sessions[min(others, key=lambda old: self._sessions[old][1].is_missed)]
            return session
