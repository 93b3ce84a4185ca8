"""Sentences and their offsets: written examples, and properties that hold for any text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askarticle.passages import MAX_CHARS, split

# Each example is one paragraph, cut where the bars stand.
EXAMPLES = {
    "chinese": "今天一直在下雨。|我们没有出门！|你们出门了吗？|我们在家看书；|他们在看电影。",
    "quotes close their sentence": "“讲座很有趣，学到了很多。”|学生们都这样说。",
    "quote inside a sentence": "他们喊着“中国加油！”的口号走过来。|大家都笑了。",
    "title with a mark": "《你好！李焕英》上映了。|很多人去看。",
    "brackets": "会议开始了（主持人是王明。）|大家都到了。",
    "ellipsis": "在这里度过美好时光……走进校园，让人眼前一亮。|真不错呀。",
    "decimals": "增长了3.5%以上。|价格是12.80元，比去年高。",
    "half-width marks": "官方宣布了!|王楚钦退出比赛。|真的是这样吗?|没有人知道原因.",
    "list numbers": "1. 第一条规定在这里。|2. 第二条规定在这里。|3.第三条规定在这里。",
    "english": "The sun came out. |We went home! |Did you see it? |Nobody knew.",
    "english list": "It has rules. |1. Nobody enters. |2. Nobody leaves.",
    "abbreviations": "Mr. Smith met Dr. J. K. Lee at 5 p.m. on Jan. 5. |He paid $3.50 for it.",
    "abbreviation that ends": "It happened at 5 p.m. |The police came at once.",
    "country": "The U.S. President spoke to reporters. |The U.K. agreed with him.",
    "address": "See https://a.example/x?y=1.html for more. |It is version 2.0.1 of it.",
    "english ellipsis": "He waited... and then he left. |Nobody saw him go.",
    "speech": '"Stop it!" he said to her. |"Why should I?" she asked.',
    "mixed": "苹果发布了iPhone 16 Pro。|售价是799美元。|It ships on Sept. 20. |大家都很期待。",
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_sentences(example):
    sentences = [passage.text for passage in split(example.replace("|", ""))]
    assert sentences == [sentence.strip() for sentence in example.split("|")]


def test_paragraphs_are_counted_and_neighbours_numbered():
    passages = split("第一句在这里。第二句在这里。\n\n***\n\n第三句在这里。")
    assert [(p.number, p.paragraph) for p in passages] == [(0, 1), (1, 1), (2, 2)]


def test_hard_wrapped_lines_are_one_paragraph():
    text = (
        "The committee met on Tuesday to discuss the plan, which many members\n"
        "had not read before. It was the third meeting of the year, and the\n"
        "chairman asked everybody to speak briefly about the money that is\n"
        "needed.\n\nNobody spoke."
    )
    passages = split(text)
    assert [p.paragraph for p in passages] == [1, 1, 2]
    assert passages[0].text.endswith("before.") and "\n" in passages[0].text


def test_short_exclamations_join_a_neighbour():
    assert [p.text for p in split("好！真是太好了。对。")] == ["好！真是太好了。对。"]


@pytest.mark.parametrize("text", ["", " \n\t", "。。。", "——\n***", "👍👍", "\ufffd"])
def test_nothing_to_find(text):
    assert split(text) == []


@pytest.mark.parametrize("text", ["x" * 5000, "我" * 5000, "word " * 3000, "一句，" * 2000])
def test_text_without_sentence_marks_gets_bounded_passages(text):
    passages = split(text)
    assert "".join(p.text for p in passages).replace(" ", "") == text.replace(" ", "")
    assert max(len(p.text) for p in passages) <= MAX_CHARS
    assert len(passages) <= 2 + 2 * len(text) / MAX_CHARS


ALPHABET = st.one_of(
    st.sampled_from(list("。！？；…，、.!?;:,\"'“”‘’「」『』（）()《》[] \n\r\t\u2028\u3000-—%")),
    st.sampled_from(list("我你他的了一二三青岛教育集团abcXYZ0123456789é")),
    st.characters(),
)


@given(st.text(ALPHABET, max_size=400))
def test_passages_and_what_lies_between_give_the_text_back(text):
    passages = split(text)
    end = 0
    for number, passage in enumerate(passages):
        assert passage.number == number
        assert passage.text == text[passage.start : passage.end]
        assert passage.text == passage.text.strip() and 0 < len(passage.text) <= MAX_CHARS
        assert passage.start >= end
        assert not re.search(r"[^\W_]", text[end : passage.start])
        end = passage.end
    assert not re.search(r"[^\W_]", text[end:])
    paragraphs = [passage.paragraph for passage in passages]
    assert paragraphs == sorted(paragraphs)


def test_a_line_of_eleven_million_characters():
    text = "没有句号的一行很长很长，" * (11_000_000 // 12)
    passages = split(text)
    assert sum(len(p.text) for p in passages) == len(text)
