"""Ranking, marks, confidence and what can't be asked; and real questions on the bundled article."""

import re
import threading
import zlib

import numpy as np
import pytest
from conftest import WORD, WordEncoder

import askarticle
from askarticle import Article, QuestionError, ReadError, Retriever
from askarticle.lexical import LexicalIndex
from askarticle.ranking import AFTER_SHARE, BEFORE_SHARE, LIKENESS_WEIGHT, words_weight
from askarticle.retriever import MAX_QUESTION_CHARS, clean_question

FOREST = Article(
    "红花开在山上，山下有一条河。白鸟飞过河流。孩子在树下读书。\n\n老人数了数，一共有五十二只羊。",
    title="林间",
)
CITY = Article("The bus stops at noon. 白鸟飞过河流。The bridge is closed until May.", title="City")


@pytest.fixture
def retriever(words) -> Retriever:
    return Retriever.build([FOREST, CITY], encoder=words)


def test_hits_stand_in_their_articles_and_fall_in_score(retriever):
    hits = retriever.retrieve("白鸟飞过什么河流", k=10)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert hit.article.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert 0 <= hit.confidence <= 1
        assert sum(hit.share) == pytest.approx(1) and min(hit.share) >= 0
        for start, end in hit.marks:
            assert hit.passage.start <= start < end <= hit.passage.end


def reference_scores(question: str, texts: list[str], encoder: WordEncoder) -> list[float]:
    """Written out anew; to this encoder, tokens are alike if they fall into one bucket."""
    cosine = encoder.encode(texts) @ encoder.encode([question])[0]
    coverage = LexicalIndex(texts).coverage(question, range(len(texts)))
    asked, *there = (
        [zlib.crc32(word.encode()) % encoder.dimension for word in re.findall(WORD, text)]
        for text in (question, *texts)
    )
    found = np.array([[word in passage for word in asked] for passage in there])
    nothing = np.zeros_like(found[:1])
    before, after = np.concatenate([nothing, found[:-1]]), np.concatenate([found[1:], nothing])
    late = found + BEFORE_SHARE * (before & ~found) + AFTER_SHARE * (after & ~found)
    scores = cosine + LIKENESS_WEIGHT * late.mean(axis=1) + words_weight(question) * coverage**0.5
    return sorted(scores.tolist(), reverse=True)


def test_the_score_adds_cosine_late_interaction_and_shared_words(retriever, words):
    texts = [passage.text for passage in retriever.passages(FOREST)]
    hits = retriever.retrieve("老人有多少只羊", k=10, article=FOREST)
    wanted = reference_scores("老人有多少只羊", texts, words)
    assert [hit.score for hit in hits] == pytest.approx(wanted, abs=1e-3)


def test_a_large_collection_ranks_as_a_full_comparison_does(words):
    lines = [f"第{n}号房间里住着{n * 31 % 97}个人和{n % 13}只猫。" for n in range(1500)]
    retriever = Retriever.build(Article("\n".join(lines)), encoder=words)
    hits = retriever.retrieve("第777号房间住着几个人", k=5)
    wanted = reference_scores("第777号房间住着几个人", lines, words)[:5]
    assert [hit.score for hit in hits] == pytest.approx(wanted, abs=1e-3)


def test_k_counts_passages_with_different_words(retriever):
    assert len(retriever.retrieve("白鸟", k=1)) == 1
    texts = [hit.passage.text for hit in retriever.retrieve("白鸟", k=100)]
    assert len(texts) == len(set(texts)) == 6  # seven passages, two of them the same


def test_what_repeats_a_better_passage_is_passed_over(words):
    once = "山下的白鸟在清晨飞过了那一条河流。"
    others = [once.replace("飞", "没飞"), once.replace("清晨", "夜里")]
    again = [f"中新社昆明12月3日讯 {once}", f"新华社北京7月23日电（记者 王明）{once}"]
    question = "白鸟在清晨飞过什么河流"
    full, short = (
        Retriever.build([Article(text) for text in texts], encoder=words).retrieve(question, k=100)
        for texts in ([*again, *others, once], [*others, once])
    )
    assert len(full) == len(short) == 3
    assert once in full[0].passage.text and short[0].passage.text == once
    assert {hit.passage.text for hit in full[1:]} == set(others)
    # Those passed over take no lead from it.
    assert full[0].confidence == pytest.approx(short[0].confidence, abs=0.05)


def test_of_two_that_repeat_each_other_the_fuller_is_shown(words):
    short = "市教育局昨天在南山中学宣布了新的招生政策。"
    full = short.replace("昨天", "局长王明昨天")
    others = ["新的招生政策从九月起施行。", "南山中学昨天放假。", "王明去年当了局长。"]
    question = "谁在南山中学宣布了新的招生政策"
    shown = [
        [hit.passage.text for hit in built.retrieve(question, k=100)]
        for texts in ([short, full, *others], [full, *others, short], [full, *others])
        for built in [Retriever.build(Article("\n".join(texts)), encoder=words)]
    ]
    assert shown == [[full, *others]] * 3


def test_one_of_several_articles(retriever):
    hits = retriever.retrieve("白鸟", k=10, article=CITY)
    assert {hit.article.title for hit in hits} == {"City"} and len(hits) == 3
    alone = Retriever.build(CITY, encoder=WordEncoder()).retrieve("白鸟", k=10)
    assert [(hit.passage, hit.score, hit.marks) for hit in hits] == [
        (hit.passage, pytest.approx(hit.score), hit.marks) for hit in alone
    ]
    with pytest.raises(QuestionError, match="not in this index"):
        retriever.retrieve("白鸟", article=Article("别的文章。"))


def test_the_same_sentence_twice_takes_no_confidence_from_itself():
    question = "山下有什么河"
    texts = [FOREST.text, FOREST.text + FOREST.text]
    once, twice = (Retriever.build(Article(t), encoder=WordEncoder()) for t in texts)
    assert once.retrieve(question)[0].confidence == pytest.approx(
        twice.retrieve(question)[0].confidence, abs=0.05
    )


def test_articles_come_in_any_order_of_things_and_nothing_else_does(words):
    built = Retriever.build((article for article in [FOREST, CITY]), encoder=words)
    assert built.articles == (FOREST, CITY)
    for wrong in (FOREST.text, [FOREST, FOREST.text]):
        with pytest.raises(ReadError, match="not str: askarticle"):
            Retriever.build(wrong, encoder=words)
    with pytest.raises(QuestionError, match="is searched, not str"):
        built.retrieve("白鸟", article="林间")


def test_a_short_last_clause_is_marked_with_the_one_before(words):
    article = Article("校长今天宣布了新的负责人，王明。")
    hit = Retriever.build(article, encoder=words).retrieve("新的负责人是谁")[0]
    assert [article.text[start:end] for start, end in hit.marks] == [article.text[:-1]]


def test_the_mark_is_the_clause_that_is_likest(retriever):
    hit = retriever.retrieve("山下有什么河", k=1)[0]
    assert [hit.article.text[start:end] for start, end in hit.marks] == ["山下有一条河"]


@pytest.mark.parametrize(
    "question", ["", "  \n", "?!", "。。。", "🙂🙂", "\u200b", "\ud800", None, 7]
)
def test_fault_11_what_asks_nothing_is_refused_before_the_encoder_is_called(retriever, question):
    called = len(retriever._encoder.calls)
    with pytest.raises(QuestionError, match=r"question"):
        retriever.answer(question)
    assert len(retriever._encoder.calls) == called


def test_a_question_that_is_too_long_is_told_the_limit(retriever):
    with pytest.raises(QuestionError, match=r"100,000 characters; at most 10,000"):
        retriever.retrieve("问" * 100_000)
    assert retriever.retrieve("问" * MAX_QUESTION_CHARS)


@pytest.mark.parametrize("k", [0, -1, 2.5, "3", None, True])
def test_k_is_a_number_from_one_up(retriever, k):
    with pytest.raises(QuestionError, match="from 1 up"):
        retriever.retrieve("白鸟", k=k)


@pytest.mark.parametrize(
    "question", ["白\x00鸟\u202e飞过\ufffd河流", " 白鸟\n飞过\t河流 ", "白鸟飞过河流\ud800"]
)
def test_fault_13_characters_that_are_none_change_no_answer(retriever, question):
    plain = retriever.retrieve("白鸟飞过河流", k=1)[0]
    assert retriever.retrieve(question, k=1)[0].passage == plain.passage


def test_what_no_one_sees_cuts_no_word_of_a_question():
    assert (
        clean_question(" inter\u00adest\tin\nwhite\u200b \ufeffbirds") == "interest in white birds"
    )


def test_stricter_finds_less(bundled):
    questions = [*ANSWERED, "学校食堂的饭菜怎么样?", "有多少学生考上了高中?", "怎么做红烧肉?"]
    found = {
        strictness: {q for q in questions if bundled.answer(q, strictness=strictness).found}
        for strictness in ("strict", "balanced", "eager")
    }
    assert found["strict"] < found["eager"] and found["balanced"] <= found["eager"]
    assert found["strict"] <= found["balanced"]
    question = questions[0]
    with pytest.raises(QuestionError, match="strict, balanced, eager"):
        bundled.answer(question, strictness="lax")


def test_a_reply_holds_the_articles_words_or_none(bundled):
    reply = bundled.answer("谁是青岛二十六中教育集团的负责人?")
    assert reply.found and reply.text in reply.hits[0].article.text
    reply = bundled.answer("How do I cook spaghetti carbonara?")
    assert not reply.found and reply.text == "" and reply.hits


def test_a_reply_is_as_sure_as_its_three_best_hits_together(bundled):
    question = "初中学校拿到多少奖补资金?"
    hits = bundled.retrieve(question, k=4)
    for k in (1, 2, 4):
        reply = bundled.answer(question, k=k)
        assert len(reply.hits) == k
        assert reply.confidence == pytest.approx(min(1, sum(h.confidence for h in hits[:3])))
    with pytest.raises(QuestionError, match="it was True"):
        bundled.answer(question, k=True)


def test_the_json_shape(bundled):
    reply = bundled.answer("谁是负责人?", k=2).as_dict()
    assert list(reply) == ["question", "found", "confidence", "text", "hits"]
    keys = "rank text start end paragraph article score confidence marks".split()
    assert [list(hit) for hit in reply["hits"]] == [keys, keys]
    assert [hit["rank"] for hit in reply["hits"]] == [1, 2]


def test_the_one_liner_follows_the_index(tmp_path, words, monkeypatch):
    monkeypatch.setattr(askarticle.retriever, "load_encoder", lambda name, **options: words)
    Retriever.build(FOREST, encoder=words).save(tmp_path)
    assert askarticle.retrieve("羊有多少只", k=1, index=tmp_path)[0].article == FOREST
    encoded = len(words.calls)
    askarticle.retrieve("几只羊", k=1, index=tmp_path)
    assert len(words.calls) == encoded + 1  # the question: nothing is loaded or encoded again
    Retriever.build(CITY, encoder=words).save(tmp_path)
    assert askarticle.retrieve("羊有多少只", k=1, index=tmp_path)[0].article == CITY


def test_fault_9_each_answer_comes_wholly_from_one_generation(tmp_path, words, monkeypatch):
    monkeypatch.setattr(askarticle.retriever, "load_encoder", lambda name, **options: words)
    generations = [Retriever.build(article, encoder=words) for article in (FOREST, CITY)]
    generations[0].save(tmp_path)
    stop, seen, failures = threading.Event(), set(), []

    def ask() -> None:
        while not stop.is_set():
            try:
                hits = askarticle.retrieve("白鸟飞过河流", k=3, index=tmp_path)
                titles = {hit.article.title for hit in hits}
                assert len(titles) == 1
                seen.update(titles)
            except Exception as error:
                failures.append(error)
                return

    readers = [threading.Thread(target=ask) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(200):
        generations[n % 2].save(tmp_path)
        if n > 20 and len(seen) == 2:
            break
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == [] and seen == {"林间", "City"}


# Questions on the bundled article, and words that stand in the passage that answers.
ANSWERED = {
    "谁是青岛二十六中教育集团的负责人?": ("孙晓梅", 1),
    "专项经费拨了多少?": ("300余万元", 1),
    "How much did the district spend on group-based schooling in 2023?": ("300余万元", 3),
    "科普日请了哪些专家来学校?": ("徐奎栋", 2),
    "What did the ocean scientists teach the pupils?": ("海洋", 1),
    "学校是怎么跟大学合作的?": ("十大高校", 3),
}


@pytest.mark.parametrize("question", ANSWERED)
def test_real_questions_on_the_bundled_article(bundled, question):
    words, k = ANSWERED[question]
    assert any(words in hit.passage.text for hit in bundled.retrieve(question, k=k))
