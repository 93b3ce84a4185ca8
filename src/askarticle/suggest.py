"""Questions that an article answers, made from its own sentences, without a language model.

A few patterns of Chinese and English sentences (who said it, how many, when, why) become questions
in the sentence's own words; each is asked, and kept only if the sentence itself comes back first.
What doesn't read naturally is left out: an article may get no question at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from askarticle.article import Article
from askarticle.passages import Passage
from askarticle.retriever import Retriever

_MAX_TRIED = 24  # questions that are asked to find out; some 20 ms each

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹章苏潘葛范彭鲁韦马方俞任袁柳"
    "史唐薛雷贺倪汤罗毕郝安常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛米戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾江"
    "郭梅林钟徐邱骆高夏蔡田樊胡凌霍万管卢莫房丁邓洪石崔龚程陆翁段侯全宁甘武刘景叶白蒲卓池乔闻党谭"
    "申冉桂牛尚温庄柴阎廖欧聂曾关查游岳"
)
_NAME = rf"(?:欧阳|司马|上官|诸葛|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}"
_ROLE = (
    "负责人|校长|院长|主任|书记|局长|部长|市长|县长|区长|教授|研究员|总经理|董事长|总裁|创始人|"
    "发言人|秘书长|会长|所长|站长|馆长|队长"
)
_SAYS = "认为|表示|介绍|指出|说|强调|坦言|透露"
_ZH_SAID = re.compile(
    rf"(?:^|[，。；,;])(?P<role>[^，。；：、,;:“”\"《》]{{2,18}}?(?:{_ROLE}))(?P<name>{_NAME}?)"
    rf"(?:{_SAYS})"
)
_ZH_NUMBER = re.compile(
    r"(?P<before>[^，。；：、,;:!?！？“”\"（）()《》]{6,28}?)(?<![\d.第月年])"
    r"(?P<number>\d[\d,.]*)(?P<more>余|多)?"
    r"(?P<unit>%|％|个百分点|[万亿]*(?:元|美元|人次|人|名|个|所|家|次|项|公里|千米|米|吨|平方米|岁|套|辆|册|天|小时|分钟))"
    r"(?P<after>[^，。；：、,;:!?！？]{0,6})(?=[，。；,;!?！？]|$)"
)
_ZH_REASON = re.compile(
    r"(?:由于|因为)[^，。；,;]{4,40}[，,](?P<what>[^，。；,;“”\"]{8,28})(?=[，。；,;]|$)"
)
_ZH_DATE = re.compile(
    r"(?:^|[，。；,;])(?P<date>\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月\d{1,2}[日号])[，,]?"
    r"(?P<who>[\u4e00-\u9fffA-Za-z]{2,14}?)(?P<what>(?:正式)?(?:成立|开工|开业|开幕|上映|发布|启用|通车"
    r"|投入使用|去世|出生|创办|竣工)[^，。；,;]{0,12})(?=[，。；,;]|$)"
)
# A clause that begins so leans on the one before it.
_ZH_LEANS = re.compile(
    r"^(?:[他她它这那该其此也并而则就还又且和与及或但却使让令将把被再已曾在对从以为由因所有于有]|同时|同比"
    r"|环比|其中|以及|目前|今年|去年|当天|当时|共[有计]?|约|近|超|达|累计|分别|另|平均|每|我|你|不|仅|只|如|比|一)"
)

_EN_SUBJECT = r"(?P<subject>(?:The |A |An )?(?:[\w’'-]+ ){0,4}?[\w’'-]+)"
_EN_WHEN = re.compile(
    rf"^{_EN_SUBJECT} (?P<be>was|were) (?P<verb>founded|built|opened|born|established|created|"
    r"launched|published|released|discovered|completed|introduced|elected|appointed|signed|"
    r"invented|designed|formed|adopted|held)(?P<rest>(?: (?:by|in|at) [A-Z][\w’'-]+"
    r"(?: [A-Z][\w’'-]+)*)?) (?:in|on) (?:\w+ )?(?:\d{1,2},? )?\d{4}\b"
)
_EN_PAST = {
    "spent": "spend", "paid": "pay", "cost": "cost", "raised": "raise", "lost": "lose",
    "earned": "earn", "donated": "donate", "invested": "invest", "received": "receive",
    "built": "build", "sold": "sell", "bought": "buy", "won": "win", "killed": "kill",
    "employed": "employ", "opened": "open", "planted": "plant", "made": "make",
    "created": "create", "produced": "produce", "surveyed": "survey", "hired": "hire",
    "published": "publish", "visited": "visit", "interviewed": "interview", "studied": "study",
    "has": "have", "have": "have", "had": "have", "employs": "employ", "costs": "cost",
}  # fmt: skip
_MONEY = (
    r"(?:[$£€¥]\s?\d[\d,.]*(?: ?(?:million|billion|trillion|bn|m))?"
    r"|\d[\d,.]*(?: (?:million|billion))? (?:dollars|pounds|euros|yuan))"
)
_ABOUT = "(?:about |around |nearly |over |almost |more than |up to |some )?"
_EN_MONEY = re.compile(
    rf"^{_EN_SUBJECT} (?P<verb>{'|'.join(_EN_PAST)}) {_ABOUT}{_MONEY}"
    r"(?P<rest>(?: (?:on|for|to|from|in) [^,.;:()]{2,50})?)(?=[,.;]|$)"
)
_EN_COUNT = re.compile(
    rf"^{_EN_SUBJECT} (?P<verb>{'|'.join(_EN_PAST)}) {_ABOUT}"
    r"(?P<number>\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|twelve)"
    r"(?P<noun>(?: [a-z-]+){1,2}?s)"
    r"(?P<rest>(?: (?:in|on|at|for|from|across) [^,.;:()]{2,40})?)(?=[,.;]|$)"
)
_EN_ROLE = re.compile(
    r"\b(?P<name>[A-Z][a-z’'-]+(?: [A-Z]\.)? [A-Z][a-z’'-]+), (?P<role>(?:the|a|an) "
    r"[^,.;:()\"“”]{4,50}(?: (?:of|at|for) [^,.;:()\"“”]{3,40})), "
)
_EN_SAID = re.compile(
    r"\b(?:said|says) (?P<a>[A-Z][a-z’'-]+ [A-Z][a-z’'-]+)\b|"
    r"\b(?P<b>[A-Z][a-z’'-]+ [A-Z][a-z’'-]+) (?:said|says|argues|argued)\b"
)
_EN_WHY = re.compile(
    rf"^{_EN_SUBJECT} (?P<be>is|are|was|were|can|could|will|should) (?P<rest>[^,.;:()]{{6,60}}?),? "
    r"because (?!of )"
)
_EN_LEANS = re.compile(
    r"^(?:he|she|it|they|this|that|these|those|we|i|you|there|his|her|its|their|our|my|one|some|many|"
    r"most|others?|another|both|all|in|on|at|as|by|when|while|after|before|if|but|and|so|yet|or|"
    r"then|now|since|for|with|what|who|which|more|about|only|even|each|such|no|not|here)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the passage that answers it."""

    question: str
    passage: Passage


def suggest(retriever: Retriever, article: Article, count: int = 5) -> list[Suggestion]:
    """At most `count` questions that the article answers, in its order; [] if none reads well.

    They are spread over the article, in its language, and each was asked: its passage came first
    and counts as found.
    """
    candidates = [
        Suggestion(question, passage)
        for passage in retriever.passages(article)
        for question in questions(passage.text, article.text)
    ]
    chosen: list[Suggestion] = []
    for tried in _spread(candidates)[:_MAX_TRIED]:
        if len(chosen) == count:
            break
        reply = retriever.answer(tried.question, 1, article=article)
        same = any(tried.passage == other.passage for other in chosen)
        if reply.found and reply.hits[0].passage == tried.passage and not same:
            chosen.append(tried)
    return sorted(chosen, key=lambda suggestion: suggestion.passage.start)


def questions(sentence: str, article: str = "") -> Iterator[str]:
    """Questions that one sentence answers, the most natural first.

    `article` tells names from words that only begin a sentence.
    """
    if re.search("[\u4e00-\u9fff]", sentence):
        yield from _chinese(sentence)
    else:
        yield from _english(" ".join(sentence.split()), article)


def _chinese(sentence: str) -> Iterator[str]:
    for found in _ZH_SAID.finditer(sentence):
        role, name = found["role"], found["name"]
        if not _ZH_LEANS.match(role) and not re.search("的$|记者", role):
            yield f"{role}{name}是怎么说的?"
    for found in _ZH_DATE.finditer(sentence):
        if not _ZH_LEANS.match(found["who"]):
            yield f"{found['who']}是什么时候{found['what']}的?"
    for found in _ZH_REASON.finditer(sentence):
        if not _ZH_LEANS.match(found["what"]):
            yield f"为什么{found['what']}?"
    for found in _ZH_NUMBER.finditer(sentence):
        before, unit = found["before"].strip(), found["unit"]
        starts_clause = found.start() == 0 or sentence[found.start() - 1] in "，。；：,;:!?！？"
        if (
            not starts_clause
            or _ZH_LEANS.match(before)
            or re.search(r"[\s和与及或至到约近达超第]$", before)
        ):
            continue
        if unit in ("%", "％", "个百分点"):
            if re.search("(?:增长|下降|提高|提升|减少|上升|降低|上涨|下跌|占)[了到至]?$", before):
                yield f"{before}多少?"
        elif found["after"] in ("", "以上", "左右"):
            yield f"{before}多少{unit}?"


def _english(sentence: str, article: str) -> Iterator[str]:
    found = _EN_WHEN.match(sentence)
    if found and (subject := _subject(found["subject"], article)):
        yield f"When {found['be']} {subject} {found['verb']}{found['rest']}?"
    if found := _EN_MONEY.match(sentence):
        subject = _subject(found["subject"], article)
        verb = _EN_PAST[found["verb"]]
        if subject and verb != "have":
            yield f"How much did {subject} {verb}{found['rest']}?"
    if found := _EN_COUNT.match(sentence):
        subject = _subject(found["subject"], article)
        verb, do = _EN_PAST[found["verb"]], _do(found["verb"])
        if subject and not re.search("percent|times|years|months|days|hours", found["noun"]):
            yield f"How many{found['noun']} {do} {subject} {verb}{found['rest']}?"
    for found in _EN_ROLE.finditer(sentence):
        yield f"Who is {found['name']}?"
    found = _EN_WHY.match(sentence)
    if found and (subject := _subject(found["subject"], article)):
        yield f"Why {found['be']} {subject} {found['rest']}?"
    for found in _EN_SAID.finditer(sentence):
        yield f"What did {found['a'] or found['b']} say?"


def _do(verb: str) -> str:
    return "do" if verb == "have" else "does" if verb.endswith("s") and verb != "cost" else "did"


def _subject(subject: str, article: str) -> str:
    """The subject inside a sentence, its first letter small unless it is a name; "" if it leans."""
    if _EN_LEANS.match(subject):
        return ""
    first, _, rest = subject.partition(" ")
    if first in ("The", "A", "An"):
        return f"{first.lower()} {rest}"
    if first.isupper() or re.search(rf"[a-z,] {re.escape(first)}\b", article):
        return subject
    return subject[0].lower() + subject[1:]


def _spread(candidates: list[Suggestion]) -> list[Suggestion]:
    """One of each paragraph in turn, so that few questions still cover the whole article."""
    paragraphs: dict[int, list[Suggestion]] = {}
    for candidate in candidates:
        paragraphs.setdefault(candidate.passage.paragraph, []).append(candidate)
    rows = list(paragraphs.values())
    turns = max(map(len, rows), default=0)
    return [row[turn] for turn in range(turns) for row in _middle_out(rows) if turn < len(row)]


def _middle_out(rows: list[list[Suggestion]]) -> list[list[Suggestion]]:
    """The rows in an order whose every beginning is spread evenly: 0, 1/2, 1/4, 3/4, …"""
    return sorted(rows, key=lambda row: int(f"{rows.index(row):016b}"[::-1], 2))
