"""A conversation: questions that lean on earlier ones carry their topic.

Only a question that shows by clear signs that it isn't complete (那去年呢? 他是谁? why?) is also asked
together with what went before, and that is kept if the retriever is then surer. No model of its
own, no LLM: the words added are the reader's and the article's. It knows nothing of a web page.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace

from askarticle.article import Article
from askarticle.forms import plain
from askarticle.ranking import Strictness
from askarticle.retriever import MAX_QUESTION_CHARS, Reply, Retriever, clean_question

# What asks or binds in a Chinese question; a question with nothing beside it is incomplete.
_ASKING = re.compile(
    "为什么|为何|为啥|什么时候|什么|怎么样|怎么|怎样|如何|何时|哪里|哪儿|哪些|哪个|哪|谁|多少|多久|"
    "多大|多|几|具体|详细|原因|理由|结果|后来|然后|现在|目前|当时|时候|时间|真的|还有|有没有|是不是|"
    "那么|这么|可是|但是|所以|可以|应该|[呢吗吧啊呀的了是在又还也都要会能有没不说做去到由被把那这就才来]"
)
_LEAST = 1  # characters beside those
_HAN_POINTING = re.compile(
    "(?<![其吉])[他她它]|这(?!么)|那(?![么])|其(?![他实中余它])|对方|当时|该(?=[一-鿿]{1,3}[?？])"
)
_HAN_SWAP = re.compile(r"^(?:那么?|还有|而|可是?|但是?|至于)?[,，\s]*(.{1,14}?)的?呢\W*$")

_POINTING = frozenset(
    "he she it they him her them his hers its their theirs this that these those".split()
)
_BINDING = frozenset(
    "a an the of to in on at by for from with and or but so then is are was were be been do does "
    "did has have had will would can could should what which who whom whose when where why how "
    "exactly else more much many long often about there not also really say said says".split()
)
_SWAP = re.compile(
    r"^(?:(?:and|but|so|or)\s+)?(?:(?:what|how) about|and|or)\s+(.{1,50}?)\W*$", re.IGNORECASE
)
_ASKS = re.compile(r"\b(?:what|which|who|whom|whose|when|where|why|how|did|does|do|is|are|was)\b")


# Times take each other's place: 2023年 and 去年, "last year" and "in 2022".
_TIME = re.compile(
    r"(?:[0-9〇一二三四五六七八九零]{2,4}|去|今|前|明|后|後|上一?|下一?|当|當)年(?:[0-9一二三四五六七八九十]{1,2}月)?"
    r"|(?<![0-9.,])(?:19|20)[0-9]{2}(?![0-9])|\b(?:last|this|next|the previous) year\b",
    re.IGNORECASE,
)


class Conversation:
    """Questions one after the other, on the articles of one retriever.

    Cheap to make: it holds what was asked and answered, no model. For one reader at a time: many
    conversations may share a retriever between threads, but one conversation belongs to one thread
    at a time.
    """

    def __init__(self, retriever: Retriever) -> None:
        self.history: list[tuple[str, Reply]] = []
        """What was asked, as it was asked, and the reply, oldest first."""
        self._retriever = retriever
        self._article: Article | None = None
        self._topic = ""  # what "and X?" is about
        self._latest = ""  # what "why?" is about: the last question, made complete

    def ask(
        self,
        question: str,
        k: int = 3,
        *,
        article: Article | None = None,
        strictness: Strictness = "balanced",
    ) -> Reply:
        """`Retriever.answer`, with the topic of the conversation where the question needs it.

        `Reply.carried` says what was added to the question, "" if nothing; another `article` than
        the last question's drops the topic. Raises QuestionError, and is then as it was before.
        """
        reply = self._retriever.answer(question, k, article=article, strictness=strictness)
        carried = swapped = ""
        if self.history and article == self._article:
            for topic, is_swap in self._candidates(question):
                tried = self._retriever.answer(
                    f"{topic} {question}"[-MAX_QUESTION_CHARS:], k, article=article, strictness=strictness
                )
                if tried.hits[0].confidence > reply.hits[0].confidence:
                    reply, carried, swapped = tried, topic, topic if is_swap else ""
        if not carried:
            self._topic = self._latest = question
        elif swapped:
            self._topic, self._latest = swapped, f"{swapped} {question}"
        else:
            self._topic = self._latest = f"{carried} {question}"
        reply = replace(reply, question=question, carried=carried)
        self._article = article
        self.history.append((question, reply))
        return reply

    def _candidates(self, question: str) -> Iterator[tuple[str, bool]]:
        """What might be missing from the question, and whether it is the topic of "and X?"."""
        if new := _swapped_in(question):
            yield _swap(self._topic, new), True
        elif _is_bare(question) or _points(question):
            yield self._latest, False
            hit = self.history[-1][1].hits[0]
            if _points(question):
                yield " ".join(hit.article.text[start:end] for start, end in hit.marks), False


def _swapped_in(question: str) -> str:
    """X of "and X?", "那X呢?"; "" of another question."""
    if found := _HAN_SWAP.match(question) or _SWAP.match(question):
        new = found[1]
        if not _ASKS.search(new.lower()) and not _is_bare(new):
            return new
    return ""


def _is_bare(question: str) -> bool:
    """Whether the question has hardly a word of its own: 为什么? why?"""
    text = plain(question)
    words = re.findall(r"[a-z0-9]+", text)
    rest = re.sub(r"[\W_a-z0-9]+", "", _ASKING.sub("", text))
    return len(rest) <= _LEAST and all(word in _BINDING for word in words)


def _points(question: str) -> bool:
    text = plain(question)
    return bool(_HAN_POINTING.search(text)) or not _POINTING.isdisjoint(
        re.findall(r"[a-z]+", text)
    )


def _swap(topic: str, new: str) -> str:
    """The topic with `new` in the place of what is of its kind, or as it is."""
    if (time := _TIME.search(new)) and _TIME.search(topic):
        return _TIME.sub(time[0], topic)
    if new.isascii():
        return _swap_words(topic, new)
    spans = [
        (_alike(topic[start : start + size], new), start, start + size)
        for size in range(max(2, len(new) - 1), len(new) + 2)
        for start in range(len(topic) - size + 1)
    ]
    likest, start, end = max(spans, default=(0, 0, 0))
    return topic[:start] + new + topic[end:] if likest else topic


def _alike(old: str, new: str) -> int:
    """How many characters both begin or end with, at most all but one."""
    ends = [len(os.path.commonprefix(pair)) for pair in ((old, new), (old[::-1], new[::-1]))]
    return max(ends) if max(ends) < min(len(old), len(new)) else 0


def _swap_words(topic: str, new: str) -> str:
    """English: what follows the same preposition, or stands before the same last word."""
    old, words = topic.rstrip("?!. ").split(), new.split()
    lower, wanted = [w.lower() for w in old], [w.lower() for w in words]
    if wanted[-1] in lower:
        end = lower.index(wanted[-1]) + 1
        return " ".join([*old[: max(0, end - len(words))], *words, *old[end:]])
    if wanted[0] in lower and wanted[0] in _BINDING:
        start = lower.index(wanted[0])
        return " ".join([*old[:start], *words, *old[start + len(words) :]])
    return topic
