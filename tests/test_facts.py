"""What repeats another sentence and what only looks like it; what is of another date."""

import pytest

from askarticle.facts import is_of_another_date, repeats

SAID = "县里为乡村学校拨付专项经费380万元，主要用来修缮校舍和添置图书。"
LONDON = "The ferry carried only 18,500 passengers last year, fewer than ever before."


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (SAID, SAID),
        ("“县里 为乡村学校拨付专项经费380万元,主要用来修缮校舍和添置图书”", SAID),
        ("縣裡為鄉村學校撥付專項經費三百八十萬元，主要用來修繕校舍和添置圖書。", SAID),
        (f"据悉，{SAID}", SAID),
        (SAID.replace("主要", ""), SAID),
        (f"新华社北京7月23日电（记者 王明 李丽丽）{SAID}", SAID),
        (f"中新社昆明12月3日讯 {SAID}", SAID),
        (SAID.replace("为乡村", "为全部乡村"), SAID),
        (LONDON.replace("The", "But the"), LONDON),
        (f"OBAN, March 3 (Reuters) — {LONDON}", LONDON),
        (SAID, f"去年7月，{SAID}"),  # the known one says more
    ],
)
def test_what_says_nothing_new_repeats(text, known):
    assert repeats(text, known)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2022年拨付专项经费300万元。", "2023年拨付专项经费150万元。"),
        (SAID.replace("380", "330"), SAID),
        (SAID.replace("三百八十", "380").replace("380万", "380亿"), SAID),
        (f"去年7月，{SAID}", SAID),  # a number that the known one hasn't
        (SAID.replace("为乡村", "没有为乡村"), SAID),
        (SAID, SAID.replace("为乡村", "没有为乡村")),
        ("任命王晓军为青岛市第七中学副校长。", "任命张锡君为青岛市第七中学副校长。"),
        (SAID.replace("乡村", "城镇"), SAID),
        (LONDON.replace("only", "not"), LONDON),
        (LONDON.replace("last year", "in 2021"), LONDON),
        ("She rode from Leeds to York.", "She rode to Leeds from York."),
        (SAID + "其余的钱留给明年建食堂。", SAID),
    ],
)
def test_what_differs_in_a_fact_does_not(text, known):
    assert not repeats(text, known)


SPENT = "区域2023年拨付集团化办学专项经费300余万元，9月20日前到账。"


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("2019年拨了多少经费？", SPENT),
        ("二〇一九年拨了多少经费？", SPENT),
        ("How much was spent in 2019?", SPENT),
        ("2023年9月21日到账了多少？", SPENT),
        ("8月拨了多少？", SPENT),
        ("Who won in May 2020?", "On April 3, 2020 the Reds won."),
        ("What happened in 2020?", "It was quiet in 2018. In 2022 the mill burnt."),  # not between
        ("Who came after 2015?", "In 2014 nobody came."),
        ("2030年前要建多少所？", "2031年再建三所。"),
        ("5月3日谁来了？", "5月1日来了两人。5月4日来了三人。"),
    ],
)
def test_a_passage_of_another_date(question, passage):
    assert is_of_another_date(question, passage)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("2023年拨了多少经费？", SPENT),
        ("二零二三年9月拨了多少？", SPENT),
        ("What was spent by September 20, 2023?", SPENT),
        ("拨了多少经费？", SPENT),
        ("2019年拨了多少经费？", "区域拨付专项经费300余万元。"),  # of no date
        ("2019年以后增加了多少？", "2019年是95万元，2023年是380万元。"),
        ("300万元拨给了谁？", SPENT),
        # Amounts.
        ("How many people came to the 2023 fair?", "About 2,000 people came to the fair."),
        ("Who won the 2024 vote?", "He won it with 1,998 votes."),
        ("What did the 2023 fair cost?", "It cost $2010, not more."),
        ("2023年招了多少人？", "招生计划为2010人。"),
        ("2023年每生补助多少元？", "每生补助2000元。"),
        ("2023年每生补助多少元？", "每生补助２，０００元。"),
        # From one to another.
        ("2019年到2021年停课了吗？", "2020年，全县停课。"),
        ("2020年拨了多少？", "2018年至2022年，累计拨付三亿元。"),
        ("2020年拨了多少？", "2018—2022年，累计拨付三亿元。"),
        ("What was open between 2018 and 2022?", "In 2020 only the mill was open."),
        ("What was on May 3?", "The fair ran from May 1 to May 5."),
        ("5月3日有什么？", "集市5月1日至5日举行。"),
        # Since then, until then.
        ("What has changed since 2020?", "In 2021 the bridge closed."),
        ("2020年以来有什么变化？", "2021年，桥关了。"),
        ("What was built before May 1990?", "The mill was built in 1957."),
        ("2030年前要建多少所？", "2028年要建三所。"),
        ("Who works there in 2020?", "Ann has worked there since 2018."),
    ],
)
def test_a_passage_of_the_date_or_of_none(question, passage):
    assert not is_of_another_date(question, passage)
