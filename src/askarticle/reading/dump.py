"""A page saved as plain text: finds the article's body among menus, headlines and footers.

One idea: the body is a run of sentences, what surrounds it are runs of labels and headlines. Each
line gets a weight, prose above zero and labels below; the body is the run of lines with the largest
sum. It knows no site, only the words that news pages share; where nothing speaks for a page (no
menu, no dates, no repeats), the text is taken whole.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from askarticle.article import Removed

_DATE = r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_DATE_LINE = re.compile(rf"[\s\W]*(?:{_DATE})?[\s,T]*(?:{_TIME})?[\s\W]*")
_STARTS_WITH_DATE = re.compile(rf"\W*{_DATE}\s*{_TIME}")
# The words around articles on news pages: with these a short line begins …
_BOILERPLATE = re.compile(
    r"(?:分享(?:到|至)|用微信扫|扫码|扫一扫|责任编辑|责编|本文来源|关键词阅读|版权(?:所有|声明)|免责声明|"
    r"特别声明|返回(?:首页|顶部|搜狐)|下载\S{0,12}客户端|打开\S{0,8}(?:APP|客户端)|展开全文|查看更多|"
    r"无障碍|(?:作者|来源|编辑|记者|原标题|关键词|标签|字号|声明|时间|发布时间)\s*[:：]|"
    r"follow us|sign (?:in|up)|log ?in|skip to|copyright|©|all rights reserved|subscribe|"
    r"(?:tags?|source|photo|image|published|updated|posted|share)\s*(?:on|by|at)?\s*:)[^。]*"
    # … and of these it consists.
    r"|(?:分享|收藏|点赞|评论|跟贴|参与|转发|打印|字号|举报|登录|登 录|注册|更多>*|客户端|正文|"
    r"share|tweet|e-?mail|print|comments?|reply|advertisement|read more|menu|search|terms|privacy|"
    r"cookies?|getty(?: images)?|(?:by|published|updated|posted) [^.]{1,40}|"
    r"[\d.,万 ]*(?:评论|跟贴|阅读)|\d+ ?(?:shares?|comments?)?)",
    re.IGNORECASE,
)
# After such a line come other articles, or comments.
_OTHERS_FOLLOW = re.compile(
    r"[【\[#>\s]*(?:(?:相关|热点|精彩|猜你|编辑|为您|今日|热门|延伸|关键词|更多|最新|重点)"
    r"(?:推荐|阅读|新闻|文章|报道|喜欢|资讯|视频|内容|评论|热点|热词|专题|搜索)|"
    r"猜你喜欢|大家都在看|推荐阅读|热门跟贴|网友评论|跟贴|"
    r"related (?:articles|stories|posts|content|news|topics)|more (?:from|on|stories)\b.*|"
    r"recommended(?: for you)?|most (?:read|popular|viewed|shared)|"
    r"you (?:may|might) (?:also )?like|read next|trending(?: now)?|popular posts|"
    r"latest (?:news|stories|posts)|"
    r"(?:\d+ )?(?:comments|responses)\b.*|(?:view|top rated|post a|leave a) (?:reply|comments?)|"
    r"share this.*|about the author|more in \w+.*)[】\]:：\s]*",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[。！？!?…；;.：:][”’\"'」』）)\]】]*$")
_FULL_STOP = re.compile(r"(?:[。！？…][”’」』）】]*|(?:\S+ ){4}\S*[.!?][\"”’)]*)$")
_WIDE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


# A line after which others follow costs more than one long paragraph brings.
_OTHERS_WEIGHT = -120.0
# What stands before the others is the article if it has this much of what stands after.
_SHORT_ARTICLE = 0.35
# So many lines without a sentence are a page's, whatever their words.
_MANY_LABELS = 30


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    after_blank: bool
    weight: float = 0.0
    reason: str = ""
    """Why it can't be body, whatever surrounds it; "" if nothing speaks against it."""


@dataclass(slots=True)
class Cleaned:
    """What `clean` found."""

    text: str
    title: str = ""
    date: str = ""
    removed: list[Removed] = field(default_factory=list)


def clean(text: str, *, keep: Collection[int] = ()) -> Cleaned:
    """The body of a page dump, its title and what was left out.

    `keep` are numbers of lines (from 1) that stay whatever is found. Of the body only white space
    changes: lines lose what is around them, and one blank line stands for several.
    """
    lines = _weighed(text)
    first, last = _body(lines)
    whole = (first, last) == (0, len(lines))
    title = _first_line_title(lines) if whole else _title(lines, first)
    kept = [first <= i < last and (whole or not line.reason) for i, line in enumerate(lines)]
    removed = []
    for i, line in enumerate(lines):
        is_title = title is not None and i <= max(title, first) and line.text == lines[title].text
        kept[i] = line.number in keep or (kept[i] and not is_title)
        if not kept[i]:
            reason = "title" if is_title else line.reason or ("menu" if i < first else "headline")
            removed.append(Removed(line.number, line.text, reason))
    body = "".join(
        ("\n\n" if line.after_blank else "\n") + line.text
        for line, is_kept in zip(lines, kept, strict=True)
        if is_kept
    ).strip("\n")
    dates = [
        found.group()
        for line in lines[max(0, first - 12) : first]
        if (found := re.search(rf"{_DATE}(?:\s*{_TIME})?", line.text))
    ]
    headline = "" if title is None else lines[title].text
    return Cleaned(body, headline, dates[-1] if dates else "", removed)


def _weighed(text: str) -> list[_Line]:
    lines: list[_Line] = []
    after_blank = False
    for number, raw in enumerate(re.split(r"\r\n|[\n\r\u2028\u2029]", text), 1):
        if stripped := raw.strip():
            lines.append(_Line(number, stripped, after_blank))
        after_blank = not stripped
    times = Counter(line.text for line in lines)
    for line in lines:
        line.weight, line.reason = _weigh(line.text, times[line.text])
    return lines


def _weigh(text: str, times: int) -> tuple[float, str]:
    """How much a line speaks for the body, and why it can't be body, if so."""
    width = _width(text)
    if width >= 60:
        if times == 1 or width >= 100:
            is_prose = _ENDS_SENTENCE.search(text) is not None or width >= 160
            return (min(width, 400) / 4, "") if is_prose else (-7.0, "")
        return -15.0, "repeated"
    ends = _FULL_STOP.search(text) is not None
    if not ends and _OTHERS_FOLLOW.fullmatch(text):
        return _OTHERS_WEIGHT, "boilerplate"
    if not ends and (_DATE_LINE.fullmatch(text) or _STARTS_WITH_DATE.match(text)):
        return -20.0, "date"
    if _BOILERPLATE.fullmatch(text) and not (ends and times == 1 and text[0] not in "©Cc版"):
        return -20.0, "boilerplate"
    if times > 1 and not ends:
        return -15.0, "repeated"
    if text.rstrip("”’\"'」』）)】]").endswith("。") or (
        width >= 20 and _ENDS_SENTENCE.search(text)
    ):
        return 3.0, ""
    return (-2.0 if ends else -7.0), ""


def _width(text: str) -> int:
    """Length in columns: a Chinese character takes two."""
    return len(text) + len(_WIDE.findall(text))


def _body(lines: Sequence[_Line]) -> tuple[int, int]:
    """First and one past the last line of the body; all of them if nothing speaks for a page."""
    weights = [line.weight for line in lines]
    others = next((i for i, w in enumerate(weights) if w == _OTHERS_WEIGHT), None)
    against = sum(bool(line.reason) for line in lines)
    labels = sum(line.weight < 0 for line in lines)
    if others is None and against < max(3, len(lines) / 10) and labels < _MANY_LABELS:
        return 0, len(lines)
    first, last = _heaviest_run(weights)
    if others is None:
        # Labels alone make no page: a diary has dates, a song a refrain.
        said = [len(line.text) * bool(_FULL_STOP.search(line.text)) for line in lines]
        if sum(said[first:last]) <= sum(said) * 2 / 3:
            return 0, len(lines)
    elif first > others:
        # Teasers and comments may be longer than a short article that stands before them.
        before = _heaviest_run(weights[:others])
        if sum(weights[slice(*before)]) > _SHORT_ARTICLE * sum(weights[first:last]):
            return before
    return first, last


def _heaviest_run(weights: Sequence[float]) -> tuple[int, int]:
    """First and one past the last index of the run with the largest sum."""
    best, bounds, total, start = 0.0, (0, 0), 0.0, 0
    for i, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, i
        total += weight
        if total > best:
            best, bounds = total, (start, i + 1)
    return bounds


def _title(lines: Sequence[_Line], first: int) -> int | None:
    """The line before the body that is its headline.

    That is the last one that the page's first line, its title, begins with; else a long one that
    stands near the body.
    """
    candidates = [
        i
        for i in range(max(0, first - 25), first)
        if lines[i].reason in ("", "repeated")
        and 8 <= _width(lines[i].text) <= 220
        and not lines[i].text.endswith("。")
    ]
    for i in reversed(candidates):
        if i and lines[0].text.startswith(lines[i].text):
            return i
    return max(candidates, key=lambda i: min(len(lines[i].text), 30) - (first - i), default=None)


def _first_line_title(lines: Sequence[_Line]) -> int | None:
    """The first line of a clean text, if a blank line follows it and it ends in no mark."""
    if len(lines) > 1 and lines[1].after_blank and _width(lines[0].text) <= 120:
        return 0 if lines[0].text[-1].isalnum() or lines[0].text[-1] in '”’》」』）)"' else None
    return None
