"""Suggested questions: they read naturally, or there are none; and the article answers each."""

import pytest

from askarticle import Article, Retriever
from askarticle.passages import split
from askarticle.suggest import questions, suggest
from askarticle.suggest.choosing import _about_names


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (
            "区域2023年拨付集团化办学专项经费300余万元,支持各教育集团。",
            "区域2023年拨付集团化办学专项经费多少万元?",
        ),
        (
            "小学毕业生就读公办学校的比例增长5%以上。",
            "小学毕业生就读公办学校的比例增长多少?",
        ),
        (
            "青岛二十六中教育集团负责人孙晓梅认为,资源应当共享。",
            "青岛二十六中教育集团负责人孙晓梅是怎么说的?",
        ),
        (
            "2019年5月,南山图书馆正式成立。",
            "南山图书馆是什么时候正式成立的?",
        ),
        (
            "7月18日,白鹭书市正式启动,将持续到八月。",
            "白鹭书市是什么时候正式启动的?",
        ),
        (
            "GNU Emacs 是一个为程序员设计的文本编辑器。",
            "GNU Emacs 是什么?",
        ),
        (
            "《北方的河》由北岸出版社推出。",
            "《北方的河》由谁推出?",
        ),
        (
            "据悉，白鹭湖湿地位于县城以东六公里处。",
            "白鹭湖湿地在哪里?",
        ),
        (
            "如果要下载旧版的地图，你应该点击最下面的链接。",
            "怎样下载旧版的地图?",
        ),
        (
            "南山法院经审理认为，合同有效。",
            "南山法院是怎么说的?",
        ),
        (
            "截至目前，白鹭街道共组织“敲门”宣传30余次。",
            "白鹭街道共组织“敲门”宣传多少次?",
        ),
        (
            "由于连日暴雨冲毁了路基,南山线暂停运营三天。",
            "为什么南山线暂停运营三天?",
        ),
        (
            "The library was founded in 1901.",
            "When was the library founded?",
        ),
        (
            "The city spent about $3 million on new buses in 2023.",
            "How much did the city spend on new buses in 2023?",
        ),
        (
            "Nokia sold 5,000 phones in Berlin last year.",
            "How many phones did Nokia sell in Berlin last year?",
        ),
        (
            "The company has 300 employees.",
            "How many employees does the company have?",
        ),
        (
            "Jane Smith, the director of the museum, opened the show.",
            "Who is Jane Smith?",
        ),
        (
            "The bridge is closed because its cables have rusted.",
            "Why is the bridge closed?",
        ),
        (
            "Tokelau is a tiny territory of three islands.",
            "What is Tokelau?",
        ),
        (
            "The club joined the league in order to play more games.",
            "Why did the club join the league?",
        ),
        (
            "Mary Ann Jones left the party in 2019.",
            "When did Mary Ann Jones leave the party?",
        ),
        (
            "The farmers hope to sell more wool.",
            "What do the farmers hope to do?",
        ),
        (
            "The Holm Council said that the bridge was safe.",
            "What did the Holm Council say?",
        ),
        (
            "To mend the roof, you need a ladder.",
            "How do you mend the roof?",
        ),
        (
            "“It works,” said Mary Jones.",
            "What did Mary Jones say?",
        ),
    ],
)
def test_a_sentence_becomes_a_question(sentence, asked):
    assert asked in list(questions(sentence, sentence + " as Nokia and Tokelau said"))


@pytest.mark.parametrize(
    "sentence",
    [
        "其中专项奖补资金150万元。",  # leans on what went before
        "同时组织了交流活动20余次。",
        "他认为,资源应当共享。",
        "实现优质教育资源100%全覆盖。",  # no share of anything
        "换句话说,资源应当共享。",
        "报告指出,资源应当共享。",
        "将打击诈骗纳入考核,完善工作机制9项。",
        "为了清晰起见,先看一张图。",
        "Space has said it is a place.",
        "Mr Holm later said he was sorry, and Basically they found that it is a lie.",
        "It was founded in 1901.",
        "They spent $3 million on buses.",
        "This is closed because of rust.",
        "The weather was fine, and everybody went for a walk.",
    ],
)
def test_what_would_read_badly_is_not_asked(sentence):
    assert list(questions(sentence, sentence)) == []


def test_each_is_answered_by_its_own_passage_first(bundled):
    [article] = bundled.articles
    found = suggest(bundled, article)
    assert 2 <= len(found) <= 5
    for suggestion in found:
        reply = bundled.answer(suggestion.question, 1)
        assert reply.found and reply.hits[0].passage == suggestion.passage
    assert len({suggestion.passage for suggestion in found}) == len(found)
    assert found == sorted(found, key=lambda suggestion: suggestion.passage.start)


def test_few_questions_cover_the_whole_article(bundled):
    text = "\n".join(
        f"The town of {name} spent £{n} million on its new {thing}."
        for n, (name, thing) in enumerate(
            zip(
                "Aston Barrow Colby Denham Epworth Frinton Garstang Hawes".split(),
                "bridge school harbour library museum theatre station hospital".split(),
                strict=True,
            ),
            1,
        )
    )
    retriever = Retriever.build(Article(text), encoder=bundled.encoder)
    found = suggest(retriever, retriever.articles[0], 4)
    paragraphs = [suggestion.passage.paragraph for suggestion in found]
    assert len(found) == 4 and paragraphs[0] <= 3 and paragraphs[-1] >= 6


def test_where_no_sentence_becomes_a_question_names_that_come_again_do(bundled):
    text = "春天,“白鹭书市”又来了。\n老人夸“白鹭书市”便宜。\nIt rained."
    retriever = Retriever.build(Article(text), encoder=bundled.encoder)
    [suggestion] = suggest(retriever, retriever.articles[0])
    assert suggestion.question == "文中怎么说“白鹭书市”?"
    assert "白鹭书市" in suggestion.passage.text


def test_names_are_asked_for_in_the_language_of_most_sentences():
    text = (
        "We met Nokia (诺基亚) in May. They said, The end is near, and, But it is far. "
        "So, The end came to Nokia, But not to us."
    )
    english = [asked.question for asked in _about_names(split(text), text)]
    assert english == ["What does the article say about Nokia?"] * 2
    text = "春天,“白鹭书市”又来了。\nIt rained.\n去“白鹭书市”的人坐电车。"
    chinese = [asked.question for asked in _about_names(split(text), text)]
    assert chinese == ["文中怎么说“白鹭书市”?"] * 2


def test_an_article_without_anything_to_ask_gets_no_question(words):
    retriever = Retriever.build(Article("春天来了。\nThe sun shines."), encoder=words)
    assert suggest(retriever, retriever.articles[0]) == []
