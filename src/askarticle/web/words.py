"""The interface's words in Chinese and English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the page says by itself, in one language."""

    ask: str
    send: str
    welcome: str
    conversation: str
    paragraph: str
    not_found: str
    also: str
    likely: str
    possible: str
    unlikely: str
    cannot_ask: str
    busy: str

    def confidence(self, confidence: float) -> str:
        """A probability in words, its number rounded to whole percents."""
        word = (
            self.likely
            if confidence >= 0.5
            else self.possible
            if confidence >= 0.25
            else self.unlikely
        )
        return f"{word} · {confidence:.0%}"


CHINESE = Words(
    ask="问一问这篇文章……",
    send="提问",
    welcome="问这篇文章一个问题,答案会在原文里标出来。",
    conversation="对话",
    paragraph="第 {} 段",
    not_found="文中没有直接提到。最接近的是这几句:",
    also="相关的还有:",
    likely="很可能",
    possible="有可能",
    unlikely="不太像",
    cannot_ask="请用一句话提问(要有文字,最多一万字)。",
    busy="现在提问的人太多,请稍等一会儿再问。",
)
ENGLISH = Words(
    ask="Ask this article…",
    send="Ask",
    welcome="Ask a question; the answer is marked in the article.",
    conversation="Conversation",
    paragraph="Paragraph {}",
    not_found="The article doesn't say. These come closest:",
    also="Related:",
    likely="likely",
    possible="possible",
    unlikely="unlikely",
    cannot_ask="Please ask in words, in at most 10,000 characters.",
    busy="Too many questions are waiting. Please ask again in a moment.",
)


def words_for(accept_language: str) -> Words:
    """Chinese if a browser's Accept-Language names it before English."""
    for tag in accept_language.lower().split(","):
        if tag.strip().startswith("zh"):
            return CHINESE
        if tag.strip().startswith("en"):
            return ENGLISH
    return ENGLISH
