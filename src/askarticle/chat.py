"""A conversation: questions that lean on earlier ones carry their topic.

Only a question that shows by clear signs that it isn't complete (那去年呢? 为什么? why?) is asked
together with the last one, and that is kept if the retriever is then surer. The words that were
answered are not added: on the dialogues of evaluation/ that was worse. A bare "why?" asks for
another sentence than the one just answered, unless that one gives a reason: most often the next. No
model of its own, no LLM: the words added are the reader's. It knows nothing of a web page.
"""

import re
from dataclasses import replace

from askarticle.article import Article
from askarticle.confidence import Strictness
from askarticle.forms import plain
from askarticle.lexical import shared_terms
from askarticle.reply import Hit, Reply
from askarticle.retriever import MAX_QUESTION_CHARS, Retriever, clean_question

# What asks or binds in a Chinese question; a question with nothing beside it is incomplete.
_ASKING = re.compile(
    "为什么|为何|为啥|什么时候|什么|怎么样|怎么|怎样|如何|何时|哪里|哪儿|哪些|哪个|哪|谁|多少|多久|"
    "多大|多|几|具体|详细|原因|理由|结果|后来|然后|现在|目前|当时|时候|时间|真的|还有|有没有|是不是|"
    "那么|这么|可是|但是|所以|可以|应该|[呢吗吧啊呀的了是在又还也都要会能有没不说做去到由被把那这就才来]"
)
_LEAST = 1  # characters beside those
_POOL = 16  # hits of each of two questions whose scores are added: as many as are looked at again
# What a passage gains that names the X of "and X?". On the dialogues of evaluation/ it changes
# nothing; without it 那2021年呢? after 那2022年呢? finds the sentence of 2023 (tests/test_chat.py).
_NAMED = 0.3
_WHY = re.compile(r"为什么|为何|为啥|原因|\bwhy\b|\bhow come\b")
_REASON = re.compile(
    r"因为|由于|因此|所以|原因|为了|以便|以免"
    r"|\b(?:because|since|due to|so that|therefore|in order to)\b"
)
# By how much of the scores' range the sentence answered falls and the next rises at a bare "why?".
# Of the 28 bare whys of evaluation/ 20 are then answered first, and 3 without it. Of 27, before
# ends of paragraphs were left alone: .3 12, .4 17, .5 20, .6 18.
_STEP = 0.5
# The confidence of the next sentence, as a part of the one's that answered: it is right in two of
# three dialogues, but these have texts that give the reason, and others don't.
_REASON_FOLLOWS = 0.4
_SAME = 1e-3  # confidences of one passage differ by less, however many are judged beside it
# Of a long question the end is carried: the encoder reads some 250 tokens.
_TOPIC_CHARS = 150
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
    "exactly else more much many long often about there not also really say said says come".split()
)
_SWAP = re.compile(
    r"^(?:(?:and|but|so|or)\s+)?(?:(?:what|how) about|and|or)\s+(.{1,50}?)\W*$", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|did|does|do|is|are|was)\b"
    "|什么|谁|哪|几|多少|多久|多大|怎|如何|为何|为啥|何时|是否|吗|是不是|有没有"
)

# Times take each other's place: 2023年 and 去年, "last year" and "in 2022".
_TIME = re.compile(
    r"(?:[0-9〇一二三四五六七八九零]{2,4}|去|今|前|明|后|後|上一?|下一?|当|當)年(?:[0-9一二三四五六七八九十]{1,2}月)?"
    r"|(?<![0-9.,])(?:19|20)[0-9]{2}(?![0-9])|\b(?:last|this|next|the previous) year\b",
    re.IGNORECASE,
)
_TIME_SWAP = re.compile(
    rf"(?:那么?|and|but|in|在|\s)*({_TIME.pattern})(?:的?呢)?\W*", re.IGNORECASE
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
        new = _swapped_in(question)
        incomplete = bool(new) or _is_bare(question)
        topic = ""
        if self.history and article == self._article and (incomplete or _points(question)):
            topic = _swap(self._topic, new) if new else self._latest
            # Its end, if not all of it may be asked with so long a question.
            topic = topic[max(0, len(topic) + 1 + len(question) - MAX_QUESTION_CHARS) :]
        together = self._together(topic, question, new, article) if topic else []
        beyond = self._beyond(question, together)
        alone = reply.hits[0].confidence
        # An incomplete question needs its topic if it costs nothing.
        least = alone - _SAME if incomplete else alone
        carried = bool(beyond) or (bool(together) and together[0].confidence > least)
        if carried:
            reply = Reply.of(question, beyond or together, strictness, k, topic)
        if new and topic:
            self._topic, self._latest = topic, f"{topic} {question}"[-_TOPIC_CHARS:]
        else:
            complete = f"{topic} {question}" if carried else question
            self._topic = self._latest = complete[-_TOPIC_CHARS:]
        self._article = article
        self.history.append((question, reply))
        return reply

    def _together(self, topic: str, question: str, new: str, article: Article | None) -> list[Hit]:
        """The best hits by the question with its topic and the question alone, both at once.

        With the topic alone the last answer comes first again: right first hits of the follow-ups
        that the rule was chosen on were 11 of 21 without it, 14 with it, and 17 with both scores.
        """
        both = [
            {hit.passage: hit for hit in self._retriever.retrieve(asked, _POOL, article=article)}
            for asked in (f"{topic} {question}", question)
        ]
        lowest = [min(hit.score for hit in found.values()) for found in both]
        hits = []
        for passage in both[1] | both[0]:
            found = [hits_of.get(passage) for hits_of in both]
            there = [hit for hit in found if hit]
            score = sum(hit.score if hit else low for hit, low in zip(found, lowest, strict=True))
            if new:
                score += 2 * _NAMED * shared_terms(new, [passage.text])[0]
            confidence = max(hit.confidence for hit in there)
            hits.append(replace(there[0], score=score / 2, confidence=confidence))
        return sorted(hits, key=lambda hit: -hit.score)

    def _beyond(self, question: str, hits: list[Hit]) -> list[Hit]:
        """For a bare "why?" the hits, the one just answered moved down and its next sentence up.

        [] for another question, and where the one answered gives a reason or ends its paragraph.
        """
        if not (hits and _is_bare(question) and _WHY.search(plain(question))):
            return []
        last = self.history[-1][1]
        answered, said = last.hits[0], last.hits[0].passage
        there = {hit.passage.number: hit for hit in hits if hit.article == answered.article}
        old, new = there.get(said.number), there.get(said.number + 1)
        if (
            not last.found
            or _REASON.search(plain(said.text))
            or not (old and new and new.passage.paragraph == said.paragraph)
        ):
            return []
        step = _STEP * (hits[0].score - hits[-1].score)
        sure = max(new.confidence, _REASON_FOLLOWS * answered.confidence)
        moved = [
            replace(old, score=old.score - step, confidence=0.0),
            replace(new, score=new.score + step, confidence=sure),
            *(hit for hit in hits if hit not in (old, new)),
        ]
        return sorted(moved, key=lambda hit: -hit.score)


def _swapped_in(question: str) -> str:
    """X of "and X?", "那X呢?", and a lone time ("2022年?"); "" of another question."""
    question = clean_question(question)
    if found := _TIME_SWAP.fullmatch(question):
        return found[1]
    if found := _HAN_SWAP.match(question) or _SWAP.match(question):
        new = found[1]
        if not _ASKS.search(plain(new)) and not _is_bare(new):
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
    return bool(_HAN_POINTING.search(text)) or not _POINTING.isdisjoint(re.findall(r"[a-z]+", text))


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
    ends = []
    for a, b in ((old, new), (old[::-1], new[::-1])):
        same = [x == y for x, y in zip(a, b, strict=False)]
        ends.append([*same, False].index(False))
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
