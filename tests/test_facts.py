"""What repeats another sentence and what only looks like it: real pairs in other words."""

import pytest

from askarticle.facts import repeats

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
        (SAID + "其余的钱留给明年建食堂。", SAID),
    ],
)
def test_what_differs_in_a_fact_does_not(text, known):
    assert not repeats(text, known)
