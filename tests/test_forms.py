"""Numbers, dates and scripts: what is written in several ways is one term; words stay words."""

from pathlib import Path

import pytest
from tokenizers import Tokenizer

import askarticle
from askarticle.forms import _simplified, plain
from askarticle.lexical import terms


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("300", "三百 300 ３００ 三百整"),
        ("3000000", "三百万 三百萬 300万 3,000,000 ３００萬 3百万"),
        ("94000000", "九千四百万元 9400万元 94,000,000"),
        ("320000000", "三亿二千万 3.2亿 320,000,000"),
        ("260", "二百六 两百六 兩百六十 二百六十 260"),
        ("35000", "三万五 3.5万 35,000"),
        ("10050", "一万零五十 10050"),
        ("3.5", "百分之三点五 3.5% ３．５％"),
        ("3.05", "百分之三点零五 3.05%"),
        ("0.5", "百分之零点五 0.5%"),
        ("15", "十五 15"),
    ],
)
def test_a_number_is_one_term_however_it_is_written(value, written):
    for number in written.split():
        assert value in terms(number), number


def test_a_percentage_may_have_any_number_of_decimals():
    assert plain("百分之一点" + "一" * 5000) == f"1.{'1' * 5000}%"


@pytest.mark.parametrize("number", ["3 million", "3-million", "three million", "£3 million"])
def test_english_numbers(number):
    assert "3000000" in terms(number)
    assert terms("twenty-one workers") == terms("21 workers")


@pytest.mark.parametrize(
    "date",
    "2023年5月1日|2023-05-01|2023/5/1|2023.5.1|二〇二三年五月一日|二○二三年五月一號|2023年5月1号|"
    "May 1, 2023|1 May 2023|1st of May, 2023|May 1st 2023".split("|"),
)
def test_a_date_is_one_term_however_it_is_written(date):
    assert {"2023", "month5", "month5day1"} <= set(terms(date))


@pytest.mark.parametrize("unseen", "\u00ad\u200b\u200c\u200d\u2060\ufeff")
def test_what_no_one_sees_cuts_no_word(unseen):
    assert terms(f"inter{unseen}est 学{unseen}校 3{unseen}00") == terms("interest 学校 300")


def test_what_follows_a_month_leaves_it_one():
    assert "month5" in terms("五月天气转热") and "month5day12" in terms("on 12 May he left")


@pytest.mark.parametrize(
    "words",
    [
        "一起统一",
        "万一",
        "千万别去",
        "三三两两",
        "七八个人",
        "张三李四",
        "十分",
        "一百分之",
        "每月",
        "五月天",  # a band
    ],
)
def test_numerals_within_words_are_no_numbers(words):
    assert not any(char.isdigit() and char.isascii() for char in plain(words).replace("100", ""))


@pytest.mark.parametrize(
    "words", ["the mayor may march", "12 may have died", "2 decades", "on the second", "NK2-400"]
)
def test_english_words_are_no_dates_or_numbers(words):
    assert plain(words) == words.lower()


def test_a_single_digit_is_the_numeral():
    assert terms("3名工人") == terms("三名工人") == terms("３ 名工人")
    assert terms("两岸") == terms("兩岸")


def test_times_and_decimals_keep_their_digits():
    assert terms("17:30") == ["17", "30"]
    assert terms("2.5米") == ["2.5", "米"]


def test_the_table_is_the_tokenizers():
    model = Path(askarticle.__file__).with_name("model") / "tokenizer.json"
    normalizer = Tokenizer.from_file(str(model)).normalizer
    table, _ = _simplified()
    own = dict.fromkeys("两兩〇○\u00ad\u200b\u200c\u200d\u2060\ufeff")
    different = {
        old: new
        for old, new in table.items()
        if old not in own and normalizer.normalize_str(old) != normalizer.normalize_str(new)
    }
    assert len(table) > 2500 and different == {}


def test_traditional_is_simplified():
    assert terms("臺灣的學校後來發展") == terms("台湾的学校后来发展")
