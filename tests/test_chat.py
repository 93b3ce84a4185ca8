"""Written dialogues, with the real model: what is carried, what isn't, and what is then found."""

import pytest

from askarticle import Article, Conversation, QuestionError, Retriever

SCHOOLS = Article(
    "云岭县去年调整了乡村学校的布局。2023年，县里为乡村学校拨付专项经费380万元，主要用来修缮校舍。"
    "2022年拨付的专项经费是260万元，大多买了图书。2021年因为财政紧张，专项经费只有95万元。"
    "新任教育局局长周若川说，钱要花在孩子身上。他从前当过十二年小学教师，去年从邻县调来。"
    "石湾小学合并到镇中心小学，原因是全校只剩下九名学生。合并以后，校车每天接送两趟，家长不用交费。"
    "中心小学的男孩有二百一十人，女孩有一百八十五人。食堂的菜单由营养师李慧制定，每周更换一次。"
)
FERRY = Article(
    "The harbour of Brannoch will close its north quay in March. In 2022 the ferry carried 41,000 "
    "passengers. In 2021 the ferry carried only 18,500 passengers, since the islands "
    "were in quarantine. "
    "The captain of the ferry is Moira Kessen. She learned to sail on her grandfather's herring "
    "boat. The quay will be closed because its steel piles are rusting. Adults pay 12 pounds for "
    "the crossing. Children pay 5 pounds. The lighthouse was painted red by volunteers last autumn."
)


@pytest.fixture(scope="module")
def schools(bundled) -> Retriever:
    return Retriever.build(SCHOOLS)


@pytest.fixture(scope="module")
def ferry(bundled) -> Retriever:
    return Retriever.build(FERRY)


# A dialogue's turns: the question, words of the sentence that answers, what is carried.
MONEY = "2023年乡村学校的专项经费是多少？"
DIALOGUES_ZH = [
    [
        (MONEY, "380万元", ""),
        ("那2022年呢？", "260万元", "2022年乡村学校的专项经费是多少？"),
        ("那2021年呢？", "95万元", "2021年乡村学校的专项经费是多少？"),
        ("食堂的菜单由谁制定？", "李慧", ""),
    ],
    [
        ("石湾小学合并到了哪里？", "镇中心小学", ""),
        ("为什么？", "九名学生", "石湾小学合并到了哪里？"),
        ("为什么？", "九名学生", "石湾小学合并到了哪里？ 为什么？"),
    ],
    [
        ("教育局局长是谁？", "周若川", ""),
        ("他从前做什么工作？", "小学教师", ""),
    ],
    [
        ("中心小学的男孩有多少人？", "女孩有一百八十五人", ""),
        ("女孩呢？", "女孩有一百八十五人", "中心小学的女孩有多少人？"),
    ],
]
DIALOGUES_EN = [
    [
        ("How many passengers did the ferry carry in 2022?", "41,000", ""),
        ("And in 2021?", "18,500", "How many passengers did the ferry carry in 2021?"),
        ("Who painted the lighthouse?", "volunteers", ""),
    ],
    [
        ("When will the quay be closed?", "quay", ""),
        ("Why?", "rusting", "When will the quay be closed?"),
    ],
    [
        ("What do adults pay?", "12 pounds", ""),
        ("What about children?", "5 pounds", "What do adults pay?"),
    ],
    [
        ("Who is the captain of the ferry?", "Moira Kessen", ""),
        ("Where did she learn to sail?", "herring boat", "Who is the captain of the ferry?"),
    ],
]


def check(retriever: Retriever, turns: list[tuple[str, str, str]]) -> None:
    conversation = Conversation(retriever)
    for question, words, carried in turns:
        reply = conversation.ask(question)
        assert words in reply.hits[0].passage.text, question
        assert reply.carried == carried, question
        assert reply.question == question
        assert [hit.score for hit in reply.hits] == sorted(
            (hit.score for hit in reply.hits), reverse=True
        )
    assert [asked for asked, _ in conversation.history] == [question for question, *_ in turns]


@pytest.mark.parametrize("turns", DIALOGUES_ZH)
def test_chinese(schools, turns):
    check(schools, turns)


@pytest.mark.parametrize("turns", DIALOGUES_EN)
def test_english(ferry, turns):
    check(ferry, turns)


QUARRY = Article(
    "北坡采石场从五月起停工。炸药仓库的许可证没有续上。工人每月领一千八百元的生活费。"
    "采石场的狗由门卫老贺喂养。\n\n镇上的旅馆今年住满了人。\n\n"
    "The Sunday train to Pellworm was cancelled. Two of its drivers retired in June. "
    "The station café sells fish soup."
)


@pytest.mark.parametrize(
    ("question", "answer", "why", "reason"),
    [
        ("北坡采石场什么时候停工？", "五月", "为什么？", "许可证"),
        ("Which train was cancelled?", "Pellworm", "Why?", "retired"),
        ("Which train was cancelled?", "Pellworm", "how come", "retired"),
    ],
)
def test_why_asks_for_another_sentence_than_the_one_just_answered(
    bundled, question, answer, why, reason
):
    conversation = Conversation(Retriever.build(QUARRY))
    first = conversation.ask(question).hits[0]
    reply = conversation.ask(why)
    assert answer in first.passage.text and reason in reply.hits[0].passage.text
    assert reply.carried == question
    # That it is the reason is a guess.
    assert reply.hits[0].confidence < first.confidence / 2
    assert all(hit.confidence == 0 for hit in reply.hits if hit.passage == first.passage)


def test_nothing_follows_the_end_of_a_paragraph(bundled):
    conversation = Conversation(Retriever.build(QUARRY))
    first = conversation.ask("镇上的旅馆今年怎么样？")
    assert conversation.ask("为什么？").hits[0].passage == first.hits[0].passage


def test_a_first_question_carries_nothing_and_is_answered_as_ever(schools):
    for question in ("为什么？", "那去年呢？", MONEY):
        reply = Conversation(schools).ask(question, k=2)
        assert reply == schools.answer(question, k=2)


def test_the_same_question_again_gets_the_same_answer(schools):
    conversation = Conversation(schools)
    assert conversation.ask(MONEY) == conversation.ask(MONEY)


def test_conversations_know_nothing_of_each_other(schools):
    first, second = Conversation(schools), Conversation(schools)
    first.ask(MONEY)
    assert second.ask("那2022年呢？").carried == ""


def test_what_is_refused_changes_nothing(schools):
    conversation = Conversation(schools)
    conversation.ask(MONEY)
    for refused in ("？！", "", "问" * 10_001):
        with pytest.raises(QuestionError):
            conversation.ask(refused)
    with pytest.raises(QuestionError, match="strict, balanced, eager"):
        conversation.ask("那2022年呢？", strictness="lax")
    assert len(conversation.history) == 1
    assert "260万元" in conversation.ask("那2022年呢？").hits[0].passage.text


def test_another_article_drops_the_topic(bundled):
    conversation = Conversation(Retriever.build([SCHOOLS, FERRY]))
    conversation.ask(MONEY, article=SCHOOLS)
    reply = conversation.ask("那2022年呢？", article=FERRY)
    assert reply.carried == "" and reply.hits[0].article == FERRY


def test_k_and_strictness_hold_for_a_follow_up(schools):
    conversation = Conversation(schools)
    conversation.ask(MONEY)
    reply = conversation.ask("那2022年呢？", k=2, strictness="strict")
    assert reply.carried and len(reply.hits) == 2
    best = reply.hits[0]
    assert reply.text == (best.article.text[slice(*best.answer)] if reply.found else "")


class Listening(Retriever):
    """Notes what is asked."""

    def retrieve(self, question: str, *args, **options):
        self.asked = [*getattr(self, "asked", []), question]
        return super().retrieve(question, *args, **options)


def asked_after(encoder, article: Article, first: str, *questions: str) -> list[str]:
    """With what the retriever is asked for the questions after the first."""
    retriever = Listening.build(article, encoder=encoder)
    conversation = Conversation(retriever)
    for question in (first, *questions):
        conversation.ask(question)
    return retriever.asked[1:]


@pytest.mark.parametrize(
    "complete",
    ["教育局局长是谁呢？", "校車每天接送幾趟呢？", "石湾小学为什么合并呢？", "菜单多久换呢？"],
)
def test_a_complete_question_that_ends_in_a_particle_is_no_follow_up(words, complete):
    assert asked_after(words, SCHOOLS, MONEY, complete) == [complete]


@pytest.mark.parametrize("time", ["那2022年？", "2022年？", " 那2022年呢？", "在2022年?"])
def test_a_lone_time_takes_the_place_of_the_last(words, time):
    asked = asked_after(words, SCHOOLS, MONEY, time, "去年？")
    assert f"2022年乡村学校的专项经费是多少？ {time}" in asked
    assert "去年乡村学校的专项经费是多少？ 去年？" in asked


@pytest.mark.parametrize("time", ["In 2021?", " and in 2021?", "2021?", "But 2021?"])
def test_a_lone_english_time_takes_the_place_of_the_last(words, time):
    asked = asked_after(words, FERRY, "How many passengers did the ferry carry in 2022?", time)
    assert f"How many passengers did the ferry carry in 2021? {time}" in asked


@pytest.mark.parametrize(("length", "added"), [(9_990, 9), (9_999, 0), (10_000, 0)])
def test_with_the_longest_questions_goes_what_fits_of_the_topic(words, length, added):
    question = "他" + " " * (length - 4) + "是谁？"
    asked = asked_after(words, SCHOOLS, MONEY, question)
    assert asked == ([question, f"{MONEY[-added:]} {question}", question] if added else [question])


def test_a_long_question_leaves_room_for_its_follow_up(schools):
    conversation = Conversation(schools)
    conversation.ask("校舍" * 4000 + MONEY)
    assert len(conversation.ask("为什么？").carried) <= 150
