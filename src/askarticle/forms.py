"""One form for what is written in several: width, case, script, numbers and dates.

Exact words are compared in it, so 三百萬 meets 300万, 3,000,000 and 3 million, and 2023-05-01 meets
二〇二三年五月一日 and May 1, 2023. It is for comparing only: the form is no text to show, and its
offsets are its own. No unit is converted.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

_ONES = "一二三四五六七八九"
_NUMERALS = f"零{_ONES}十百千万亿"
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES = {"万": 10**4, "亿": 10**8, "万亿": 10**12, "百万": 10**6, "千万": 10**7}
_SCALES |= {"百亿": 10**10, "千亿": 10**11}
_SCALES |= {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
# No "one": it is more often a pronoun.
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split(),
        2,
    )
}
_TENS = {
    word: value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()

# 千万 and 万一 are words and 七八 is no number: only a digit before its unit counts.
_BELOW_MYRIAD = rf"(?=[{_ONES}十])(?:[{_ONES}]千零?)?(?:[{_ONES}]百零?)?(?:[{_ONES}]?十)?[{_ONES}]?"
_NUMBER = re.compile(
    rf"[零{_ONES}]{{4}}(?=年)|(?:{_BELOW_MYRIAD}亿零?)?(?:{_BELOW_MYRIAD}万零?)?(?:{_BELOW_MYRIAD})?"
)
_HAN_DAY = rf"[12][0-9]|3[01]|0?[1-9]|[{_ONES}十]"
_DAY = r"(3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?"
_MONTH = (
    r"\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?"
    r"|may(?!\s+(?:have|be|not|never|also|only|well|still|soon)\b)|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)


def plain(text: str) -> str:
    """`text` in the one form: equal numbers and dates are equal words in it.

    A number becomes its digits, with 万 or "million" after it if it was written with that; the 5th
    of May becomes "month5 month5day5".
    """
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isascii():
        table, traditional = _simplified()
        text = traditional.sub(lambda found: table[found[0]], text)
    characters = set(text)
    for needed, written, form in _PASSES:
        if isinstance(needed, frozenset):
            there = not needed.isdisjoint(characters)
        else:
            there = any(word in text for word in needed)
        if there:
            text = written.sub(form, text)
            characters = set(text)
    return text


@cache
def _simplified() -> tuple[dict[str, str], re.Pattern[str]]:
    """Traditional → simplified characters, from CC-CEDICT as the encoder's tokenizer has them.

    And what no one sees to nothing: soft hyphens and the like would cut words in two.
    """
    path = Path(__file__).with_name("simplified.txt")
    traditional, simplified = path.read_text(encoding="utf-8").split()
    table = dict(zip(traditional, simplified, strict=True)) | dict.fromkeys("两兩", "二")
    table |= dict.fromkeys("〇○", "零") | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
    return table, re.compile(f"[{''.join(table)}]")


def _arabic(found: re.Match[str]) -> str:
    """A run of numerals as digits, or as it is if it is no number."""
    run = found[0]
    if not (number := _NUMBER.match(found.string, found.start())) or number.end() != found.end():
        return run
    return str(_value(run)) + (f" {run[-1]}" if run[-1] in _SCALES else "")


def _value(run: str) -> int:
    """The number that well-formed numerals name; 二零二三 is read digit by digit."""
    if not any(char in _UNITS for char in run):
        return int("".join(str(_NUMERALS.index(char)) for char in run))
    total = section = digit = last = 0
    for char in run:
        if (unit := _UNITS.get(char)) is None:
            digit = _NUMERALS.index(char)
            last = last if digit else 10
        elif unit < 10**4:
            section, digit, last = section + (digit or 1) * unit, 0, unit
        else:
            total, section, digit, last = total + (section + digit) * unit, 0, 0, unit
    # 三百五 and 三万五 leave out the last unit.
    return total + section + digit * (last // 10 if last > 10 else 1)


def _percent(found: re.Match[str]) -> str:
    whole, part = found.groups()
    if whole != "零" and not _NUMBER.fullmatch(whole):
        return found[0]
    decimals = "".join(str(_NUMERALS.index(char)) for char in part or "")
    return f"{_value(whole)}{'.' if part else ''}{decimals}%"


def _scaled(found: re.Match[str]) -> str:
    number, about, han, english = found.groups()
    value = Decimal(number) * _SCALES[han or english]
    return f"{value.normalize():f} {about or ''}{han or english}"


def _numeral(found: re.Match[str]) -> str:
    return _NUMERALS[int(found[1])]


def _count(found: re.Match[str]) -> str:
    tens, ones, small = found.groups()
    if small:
        return _WORDS[small]
    return str(_TENS[tens] * 10 + (1 if ones == "one" else int(_WORDS.get(ones or "", "0"))))


def _iso_date(found: re.Match[str]) -> str:
    return f"{found[1]} {_date(int(found[3]), int(found[4]))}"


def _chinese_date(found: re.Match[str]) -> str:
    month, day = (_NUMERALS.index(n) if n in _NUMERALS else int(n) for n in found.groups("0"))
    return f"{_date(month, day)} 月{'日' if day else ''}"


def _english_date(found: re.Match[str]) -> str:
    parts = found.groups()
    name = next(part for part in parts if part and part.isalpha())
    day = next((int(part) for part in parts if part and part.isdigit()), None)
    return f" {_date(_MONTHS.index(name[:3]) + 1, day)} "


def _date(month: int, day: int | None) -> str:
    return f"month{month} month{month}day{day}" if day else f"month{month}"


_LONE_MONTHS = "january february april june july august september october november december"
_DIGITS, _HAN_NUMERALS = frozenset("0123456789"), frozenset(_NUMERALS)
_Pass = tuple[frozenset[str] | Sequence[str], re.Pattern[str], Callable[[re.Match[str]], str]]
# Characters or words of which the text must hold one (to look first halves the time); what is
# replaced; by what. In this order: digits that numerals become are read by later passes.
_PASSES: list[_Pass] = [
    (
        frozenset("百"),
        re.compile(rf"百分之([{_NUMERALS}]+)(?:点([零{_ONES}]+))?"),
        _percent,
    ),
    (_HAN_NUMERALS, re.compile(rf"(?<![0-9{_NUMERALS}])[{_NUMERALS}]{{2,}}"), _arabic),
    (
        (*_TENS, *_WORDS),
        re.compile(
            rf"\b(?:({'|'.join(_TENS)})(?:[ -](one|two|three|four|five|six|seven|eight|nine))?"
            rf"|({'|'.join(_WORDS)}))\b"
        ),
        _count,
    ),
    (
        frozenset(","),
        re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])"),
        lambda found: found[0].replace(",", ""),
    ),
    (
        _DIGITS,
        re.compile(
            r"(?<![0-9.])([0-9]+(?:\.[0-9]+)?)"
            r"(?:([余多]?)(万亿|[百千]?[万亿])|[\s-]?(hundred|thousand|[mb]illion)\b)"
        ),
        _scaled,
    ),
    (
        _DIGITS,
        re.compile(rf"(?<![0-9])([0-9]{{4}})([-/.])(1[0-2]|0?[1-9])\2{_DAY}(?![0-9])"),
        _iso_date,
    ),
    (
        frozenset("月"),
        re.compile(
            rf"(?<![0-9{_NUMERALS}])(1[0-2]|0?[1-9]|[{_ONES}十])月"
            rf"(?:({_HAN_DAY})[日号]|(?!天(?!气)))"
        ),
        _chinese_date,
    ),
    (
        _MONTHS,
        re.compile(
            rf"(?<![0-9.,]){_DAY}\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+{_DAY}\b(?![:.,]?[0-9])"
            rf"|{_MONTH}(?=,?\s+(?:19|20)[0-9]{{2}}\b)|\b({'|'.join(_LONE_MONTHS.split())})\b"
        ),
        _english_date,
    ),
    # Not the other way round: 一起 holds no 1.
    (_DIGITS, re.compile(r"(?<![0-9a-z.:,/-])(10|[1-9])\s?(?=[\u4e00-\u9fff])"), _numeral),
]
