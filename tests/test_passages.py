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
    "initials": "J.K. Rowling met George H.W. Bush in L.A. |The police came to her house.",
    "letters and months": "She was in Group A. |It rose in Dec. |The increase was big.",
    "footnotes": "治疗是有效果的。[1]|专家也这样说。[2]|He left early.[1] |She stayed there.",
    "straight quotes": '会议结束了。|"大家辛苦了，谢谢。"|他说完就走了。',
    "half-width semicolons": "一是加强领导;|二是完善制度;|三是落实责任。",
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


def test_lines_that_end_sentences_are_paragraphs_however_long():
    lines = [f"这一段讲的是第{n}件事情，" + "大家都觉得很有意思，" * 4 + "真好。" for n in range(5)]
    assert [p.paragraph for p in split("\n".join(lines))] == [1, 2, 3, 4, 5]


def test_a_blank_line_with_a_space_ends_a_paragraph():
    text = (
        "This is a line that was broken by the program at a margin, as\n" * 4
        + "e-mail is.\n \nEnd."
    )
    assert [p.paragraph for p in split(text)][-2:] == [1, 2]


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


@pytest.mark.parametrize("text", ["👍！" * 100_000, "." * 300_000, '"。' * 100_000, "1." * 100_000])
def test_no_text_takes_long(text):
    split(text)


def test_a_line_of_eleven_million_characters():
    text = "没有句号的一行很长很长，" * (11_000_000 // 12)
    passages = split(text)
    assert sum(len(p.text) for p in passages) == len(text)
