"""Questions that an article answers, made from its own sentences, without a language model.

Patterns of Chinese and English sentences (who said it, what it is, how many, when, why) become
questions in the sentence's own words; each is asked, and kept only if the sentence itself comes
back first. What doesn't read naturally is left out: an article may get no question at all.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from askarticle.article import Article
from askarticle.passages import Passage
from askarticle.retriever import Retriever

_MAX_TRIED = 24  # questions that are asked to find out; some 20 ms each

_ZH_SAYS = "认为|表示|介绍|指出|说|强调|坦言|透露"
_ZH_DATE = r"(?:\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月\d{1,2}[日号])"
_ZH_HAPPENS = (
    "成立|开工|开业|开幕|上映|发布|启用|通车|投入使用|去世|出生|创办|竣工|启动|举行|举办|召开|上市|揭牌|签署|结束|投产"
)  # fmt: skip
_ZH_DONE = (
    "(?:主办|承办|开发|设计|建造|创立|创办|执导|主演|撰写|出版|推出|发起|管理|运营|制作|提出|负责|组织|维护)"
    "(?![社商方者人的])"
)
_ZH_UNIT = (
    "%|％|个百分点|[万亿]*(?:元|美元|人次|人|名|个|所|家|次|项|公里|千米|米|吨|平方米|平方公里|公顷|亩|岁|套|辆"
    "|册|天|小时|分钟|份|条|场|篇|届|件|种|间|座|栋|户|页|本|架|艘|台|棵|只|头)"
)
# Where a sentence's subject begins: at most a list's number, a date or the like stand before it.
_ZH_START = (
    r"(?:^|[。！？])(?:>\s*|[（(]?\d+[.、）)]\s*)?(?:(?:截至)?目前|据[^，]{1,6}|近日|近年来|近期|日前|此外"
    rf"|现在|如今|其实|事实上|{_ZH_DATE})?[，,]?"
)
_ZH_NAME = r"《[^《》]{2,16}》|“[^“”，。]{2,10}”|\b[A-Z][A-Za-z]{2,15}(?: [A-Z][A-Za-z]+)?(?![\w.])"
_ZH_END = r"(?=[，。；,;!?！？]|$)"


def _topic(longest: int, start: str = _ZH_START, without: str = "") -> str:
    return rf"{start}(?P<topic>[^，。；：、,;:!?！？（）()…—{without}]{{2,{longest}}}?)"


# A pattern and the question that its groups make. A `topic` must be clear by itself.
_ZH_RULES = [
    (re.compile(pattern), question)
    for pattern, question in [
        (
            _topic(22, f"(?:^|[，。；,;]){_ZH_DATE}[，,]?")
            + f"(?P<what>(?:正式)?(?:{_ZH_HAPPENS})(?!的|会上|[^，]*[显表]示)[^，。；,;]{{0,12}})"
            + _ZH_END,
            "{topic}是什么时候{what}的?",
        ),
        (
            rf"(?:由于|因为)[^，。；,;]{{4,40}}[，,](?P<topic>[^，。；,;“”\"]{{8,28}}){_ZH_END}",
            "为什么{topic}?",
        ),
        (_topic(16, without="一") + "是一[位名]", "{topic}是谁?"),
        (
            _topic(16, without="一") + "(?:是一[个种款家部项座本套条场类门组]|是指|指的是)",
            "{topic}是什么?",
        ),
        (_topic(16) + "(?:位于|坐落于|坐落在|地处)", "{topic}在哪里?"),
        (_topic(20) + "(?P<verb>包括|包含|涵盖)(?!在)", "{topic}{verb}哪些?"),
        (_topic(16) + "由[^，。]{2,40}?组成", "{topic}由什么组成?"),
        (_topic(16) + f"由[^，。]{{2,24}}?(?P<verb>{_ZH_DONE})", "{topic}由谁{verb}?"),
        (_topic(20) + "旨在", "{topic}的目的是什么?"),
        (_topic(16) + "(?P<verb>荣获|获得|获评|被评为|被授予|入选)", "{topic}{verb}了什么?"),
        (_topic(14) + "(?P<verb>被称为|又称|又叫|名叫|名为|俗称)", "{topic}{verb}什么?"),
        (_topic(18) + "(?P<verb>导致|造成|引发|致使)", "{topic}{verb}了什么?"),
        (_topic(16) + "(?P<verb>显示|表明)[，,]", "{topic}{verb}了什么?"),
        (
            "(?:^|[。；])(?:想要|要想|要|为了|如果你?(?:想要|想|要|需要))"
            "(?P<topic>(?!\\d)[^，。；：“”、]{4,22})[，,]",
            "怎样{topic}?",
        ),
        (
            _topic(18, "(?:^|[，。；,;”])") + f"(?<![地来话])(?:{_ZH_SAYS})(?=[，,:：“])",
            "{topic}是怎么说的?",
        ),
    ]
]
_ZH_NUMBER = re.compile(
    r"(?P<topic>[^，。；：、,;:!?！？（）()《》]{6,28}?)(?<![\d.第月年])"
    rf"\d[\d,.]*[余多]?(?P<unit>{_ZH_UNIT})(?P<after>[^，。；：、,;:!?！？]{{0,6}}){_ZH_END}"
)
# A topic that begins so leans on what was said before, or has no subject.
_ZH_LEANS = re.compile(
    "[其此也并而则就还又且和与及或但却使让令将把被再已曾在对从为由所于近达较更另每不仅只如一据最第]|进入"
    "|以(?!色列)|因(?!特网)|有(?!限)|约(?![翰旦])|超(?!市)|比(?!利时|亚迪|特币)"
    "|[上下][一述面列]|[图表] ?[0-9]"
    "|同时|同比|环比|目前|今年|去年|当[天时日]|共[有计]?|累计|分别|平均|大家|人们|很多"
    "|结合|围绕|通过|根据|按照|作为|随着|关于|针对|直接|自己|首先|最后|完善|组织|开展|发放|出具|户均|印制|建立|推进|实现|组建|建成|新增|投入|发布|完成|举办"
    "|打造|形成|制定|出台|选派|培育|引进|带动|覆盖|接受|提供|处理|查处|排查|整改|化解|解决|帮助|服务|销售|签约|吸引"
    "|收到|收集|创建|设立|安排|启动|参与|开设|记者|原标题"
    "|(?:文章|本文|报告|研究|调查|数据|结果|作者|后者|前者|公司|双方|另外|换句话|换言之|总的?来)$"
)
# What a topic can't hold: it would be a clause, or speak of what isn't in it.
_ZH_CLAUSE = re.compile(
    "[是了吗呢我你他她它这那们该]|可以|应该|能够|已经|正在|并且|如果|因为|由于|虽然|但|而|以及|为了|显示|不仅|仅仅|本文|如何|怎样|怎么|的$|起见"
)
# Adverbs and first verbs at a topic's end, which the question does without.
_ZH_ENDING = re.compile(
    r"(?:去年|今年|当天|当日|日前|近日|随后|昨天|昨日|曾|将|也|都|均|则|还|已|就|正|共|甚至|通常|主要|一般|经审理|接着|继续|解释|总结|的话|[\s*_`:：])+$"
)

_EN_PAST = {
    "spent": "spend", "paid": "pay", "cost": "cost", "raised": "raise", "lost": "lose",
    "earned": "earn", "donated": "donate", "invested": "invest", "received": "receive",
    "built": "build", "sold": "sell", "bought": "buy", "won": "win", "killed": "kill",
    "employed": "employ", "opened": "open", "planted": "plant", "made": "make",
    "created": "create", "produced": "produce", "surveyed": "survey", "hired": "hire",
    "published": "publish", "visited": "visit", "interviewed": "interview", "studied": "study",
    "joined": "join", "left": "leave", "started": "start", "began": "begin", "moved": "move",
    "died": "die", "launched": "launch", "signed": "sign", "introduced": "introduce",
    "founded": "found", "returned": "return", "closed": "close", "married": "marry",
    "became": "become", "took": "take", "adopted": "adopt", "passed": "pass",
    "approved": "approve", "banned": "ban", "cancelled": "cancel", "resigned": "resign",
    "rejected": "reject", "refused": "refuse",
    "has": "have", "have": "have", "had": "have", "employs": "employ", "costs": "cost",
}  # fmt: skip
_EN_SAYS = {
    "said": "say", "says": "say", "say": "say", "warned": "warn", "warns": "warn",
    "argued": "argue", "argues": "argue", "confirmed": "confirm", "announced": "announce",
    "claimed": "claim", "claims": "claim", "denied": "deny", "found": "find", "showed": "show",
    "revealed": "reveal", "suggested": "suggest",
}  # fmt: skip
_EN_HOPES = {
    "plans": "plan", "hopes": "hope", "wants": "want", "aims": "aim", "intends": "intend",
    "plan": "plan", "hope": "hope", "want": "want", "aim": "aim", "intend": "intend",
}  # fmt: skip
_EN_BASE = _EN_PAST | _EN_SAYS | _EN_HOPES
_EN_SUBJECT = r"^(?P<subject>(?:The |A |An )?(?:[\w’'-]+ ){0,4}?[\w’'-]+)"
_EN_DID = rf"{_EN_SUBJECT} (?P<verb>{'|'.join(_EN_PAST)})"
_EN_ABOUT = "(?:about |around |nearly |over |almost |more than |up to |some |at least )?"
_EN_MONEY = (
    r"(?:[$£€¥]\s?\d[\d,.]*(?: ?(?:million|billion|trillion|bn|m))?"
    r"|\d[\d,.]*(?: (?:million|billion))? (?:dollars|pounds|euros|yuan))"
)
_EN_NUMBER = r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_EN_THINGS = (
    r"(?P<noun>(?: (?!percent|times|years|months|weeks|days|hours|minutes)[a-z-]+){1,2}?(?<!ou)s)"
)
_EN_YEAR = r"(?:in|on) (?:[A-Z]\w+ )?(?:\d{1,2},? )?\d{4}\b"
_EN_WHY = ",? (?:because|due to|in order to) "
_EN_END = "(?=[,.;]|$)"
_EN_FULL_NAME = r"(?P<name>(?:(?!The )[A-Z][\w’'-]+\.? ){1,3}[A-Z][\w’'-]+)"
_EN_NAME = r"(?P<name>[A-Z][\w’']*(?:-[A-Z]\w+)?(?: (?:of )?[A-Z][\w’'-]+){0,3})"
# Capitals that name no one and nothing: days, months, and adjectives of countries.
_EN_NO_NAME = re.compile("(?:day|uary|ber|March|April|June|July|ese|ish|an)$|^[A-Z]{1,2}$")
_EN_FIRM = "[^,]*(?:Factory|College|University|Company|Group|Bureau|Hospital|Party|Council|Court)"
_EN_PERSON = (
    r"(?:(?:the|an?|its|their|his|her) [^,.;:()\"“”]{0,40}?|(?:[a-z-]+ ){0,2})\b(?:director|"
    "president|professor|player|singer|actor|actress|politician|author|writer|leader|minister|"
    "analyst|economist|scientist|researcher|lawyer|journalist|spokes(?:man|woman|person)|founder|"
    "chief|head|manager|doctor|teacher|artist|poet|senator|mayor|officer|secretary|member|"
    "candidate|veteran|resident|star|critic|chair(?:man|woman)|expert|student|coach|engineer|"
    r"historian)\b"
)


def _rest(prepositions: str) -> str:
    return rf"(?P<rest>(?: (?:{prepositions}) [^,.;:()]{{2,50}}?)?)"


_EN_RULES = [
    (re.compile(pattern), question)
    for pattern, question in [
        (
            rf"{_EN_SUBJECT} (?P<be>was|were) (?P<what>founded|built|opened|born|created|"
            "established|launched|published|released|discovered|completed|introduced|elected|appointed|signed|"
            "invented|designed|formed|adopted|held|killed|arrested|banned|approved)"
            + _rest("by|in|at|as") + " " + _EN_YEAR,
            "When {be} {subject} {what}{rest}?",
        ),
        (
            f"{_EN_DID} {_EN_ABOUT}{_EN_MONEY}" + _rest("on|for|to|from|in") + _EN_END,
            "How much {do} {subject} {base}{rest}?",
        ),
        (
            f"{_EN_DID} {_EN_ABOUT}{_EN_NUMBER}{_EN_THINGS}" + _rest("in|on|at|for|from|across")
            + _EN_END,
            "How many{noun} {do} {subject} {base}{rest}?",
        ),
        (
            f"^There (?P<be>are|were) {_EN_ABOUT}{_EN_NUMBER}{_EN_THINGS}" + _rest("in|on|at")
            + _EN_END,
            "How many{noun} {be} there{rest}?",
        ),
        (
            rf"\b{_EN_FULL_NAME}, (?:the|a|an) [^,.;:()\"“”]{{4,50}} (?:of|at|for) "
            r"[^,.;:()\"“”]{3,40}, ",
            "Who is {name}?",
        ),
        (
            rf"\b(?!{_EN_FIRM}){_EN_FULL_NAME}, "
            rf"(?!and |or |but |with |who |in |at |on |a former ){_EN_PERSON}",
            "Who is {name}?",
        ),
        (rf"^{_EN_NAME}(?:,| is) (?:an?|one of) (?!{_EN_PERSON})[^,.;:()]{{5}}", "What is {name}?"),
        (
            rf"{_EN_SUBJECT} (?P<be>is|are|was|were|can|could|will|should) "
            rf"(?P<rest>[^,.;:()\"“”]{{6,60}}?){_EN_WHY}",
            "Why {be} {subject} {rest}?",
        ),
        (rf"{_EN_DID} (?P<rest>[^,.;:()]{{3,60}}?){_EN_WHY}", "Why {do} {subject} {base} {rest}?"),
        (
            rf"{_EN_DID}(?P<rest>(?: (?!an? )[^,.;:()\d]{{3,60}}?)?) {_EN_YEAR}",
            "When {do} {subject} {base}{rest}?",
        ),
        (rf"\b(?:said|says) {_EN_FULL_NAME}\b", "What did {name} say?"),
        (
            rf"\b(?P<the>[Tt]he )?{_EN_FULL_NAME} (?P<verb>said|says|argues|argued|warned|warns)\b",
            "What did {the}{name} {base}?",
        ),
        (
            rf"{_EN_SUBJECT} (?P<verb>{'|'.join(_EN_SAYS)}) (?=that |it |he |she |they |the )",
            "What did {subject} {base}?",
        ),
        (
            rf"{_EN_SUBJECT} (?P<verb>{'|'.join(_EN_HOPES)}) to ",
            "What {do} {subject} {base} to do?",
        ),
        (
            rf"{_EN_SUBJECT} (?P<be>is|are|was|were) (?P<what>based|located|situated|born) in ",
            "Where {be} {subject} {what}?",
        ),
        (
            r"^To (?P<what>(?!be )[a-z]+ [^,.;:()]{4,50}), (?:you|run|use|click|open|type|we) ",
            "How do you {what}?",
        ),
    ]
]  # fmt: skip
_EN_LEANS = re.compile(
    r"(?:he|she|it|they|this|that|these|those|we|i|you|there|his|her|its|their|our|my|one|some|many|"
    r"most|others?|another|both|all|in|on|at|as|by|when|while|after|before|if|but|and|so|yet|or|"
    r"then|now|since|for|with|what|who|which|more|about|only|even|each|such|no|not|here|nobody|"
    r"everyone|few|several|people|to|from|how|why|where|also|however)\b",
    re.I,
)
# A subject that holds one of these is a clause, or has an adverb at its end.
_EN_CLAUSE = re.compile(
    r" (?:has|have|had|is|are|was|were|be|he|she|it|they|we|who|which|that|said|says|also|later|"
    r"then|once|never|not|just|already|recently|still|only|and|or|but|will|would|could|can|should)\b"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the passage that answers it."""

    question: str
    passage: Passage


def suggest(retriever: Retriever, article: Article, count: int = 5) -> list[Suggestion]:
    """At most `count` questions that the article answers, in its order; [] if none reads well.

    They are spread over the article and over the kinds of questions, in its language, and each was
    asked: its passage came first and counts as found.
    """
    passages = retriever.passages(article)
    candidates = [
        Suggestion(question, passage)
        for passage in passages
        for question in questions(passage.text, article.text)
    ]
    chosen: list[Suggestion] = []

    def choose(candidates: list[Suggestion], enough: int) -> None:
        for tried in candidates[:_MAX_TRIED]:
            if len(chosen) >= enough:
                return
            reply = retriever.answer(tried.question, 1, article=article)
            same = any(tried.passage == other.passage for other in chosen)
            if reply.found and reply.hits[0].passage == tried.passage and not same:
                chosen.append(tried)

    choose(_varied(_spread(candidates)), count)
    choose(_about_names(passages, article.text), min(count, 3))
    return sorted(chosen, key=lambda suggestion: suggestion.passage.start)


def _about_names(passages: Sequence[Passage], text: str) -> list[Suggestion]:
    """What is said about the names that come more than once, the most frequent first."""
    chinese = bool(re.search("[\u4e00-\u9fff]", text))
    pattern = _ZH_NAME if chinese else rf"(?<=[a-z,] )(?:the )?{_EN_NAME}"
    asked = "文中怎么说{}?" if chinese else "What does the article say about {}?"
    names = Counter(found[0] for found in re.finditer(pattern, text))
    return [
        Suggestion(asked.format(" " * (chinese and name.isascii()) + name), passage)
        for name, count in names.most_common(_MAX_TRIED // 3)
        if count > 1 and not _EN_NO_NAME.search(name)
        for passage in [one for one in passages if name in one.text][:3]
    ]


def questions(sentence: str, article: str = "") -> Iterator[str]:
    """Questions that one sentence answers, the most natural first.

    `article` tells names from words that only begin a sentence.
    """
    if re.search("[\u4e00-\u9fff]", sentence):
        yield from _chinese(sentence)
    else:
        yield from _english(" ".join(sentence.split()), article)


def _chinese(sentence: str) -> Iterator[str]:
    for pattern, question in _ZH_RULES:
        for found in pattern.finditer(sentence):
            topic = _ZH_ENDING.sub("", found["topic"].replace("`", "").lstrip(" *_"))
            if len(topic) > 1 and _by_itself(topic):
                topic += " " * topic[-1].isascii()  # as one writes before Chinese
                yield question.format(**found.groupdict() | {"topic": topic}).replace(" ?", "?")
    for found in _ZH_NUMBER.finditer(sentence):
        topic, unit = found["topic"].strip(), found["unit"]
        starts_clause = found.start() == 0 or sentence[found.start() - 1] in "，。；：,;:!?！？"
        if (
            not starts_clause
            or not _by_itself(topic)
            or re.search("[和与及至或到约近达超第]$", topic)
        ):
            continue
        if unit in ("%", "％", "个百分点"):
            if re.search("(?:增长|下降|提高|提升|减少|上升|降低|上涨|下跌|占)[了到至]?$", topic):
                yield f"{topic}多少?"
        elif found["after"] in ("", "以上", "左右"):
            yield f"{topic}多少{unit}?"


def _by_itself(topic: str) -> bool:
    """Whether it names something without its sentence, and has its quotation marks in pairs."""
    pairs = all(
        topic.count(left) == topic.count(right) for left, right in ("“”", "《》", "（）", "()")
    )
    return pairs and not _ZH_LEANS.match(topic) and not _ZH_CLAUSE.search(topic)


def _english(sentence: str, article: str) -> Iterator[str]:
    for pattern, question in _EN_RULES:
        for found in pattern.finditer(sentence):
            parts = {"verb": "", "the": ""} | {k: v or "" for k, v in found.groupdict().items()}
            if "subject" in parts:
                parts["subject"] = _subject(parts["subject"], article)
            name = parts.get("name", "")
            if parts.get("subject") == "" or _EN_LEANS.match(name):
                continue
            if name.isalpha() and not _is_name(name, article):  # the first word of a sentence
                continue
            verb = parts["verb"]
            parts |= {"base": _EN_BASE.get(verb, ""), "do": _do(verb), "the": parts["the"].lower()}
            yield question.format(**parts)


def _do(verb: str) -> str:
    if verb == "have" or (verb in _EN_HOPES and not verb.endswith("s")):
        return "do"
    return "does" if verb.endswith("s") and verb != "cost" else "did"


def _subject(subject: str, article: str) -> str:
    """The subject inside a sentence, its first letter small unless it is a name; "" if it leans."""
    if _EN_LEANS.match(subject) or _EN_CLAUSE.search(subject):
        return ""
    first, _, rest = subject.partition(" ")
    if first in ("The", "A", "An"):
        return f"{first.lower()} {rest}"
    if rest[:1].isupper() or _is_name(first, article) or not (rest or first.endswith("s")):
        return subject
    return subject[0].lower() + subject[1:]


def _is_name(word: str, article: str) -> bool:
    """Whether a word has its capital inside a sentence, too."""
    return word.isupper() or bool(re.search(rf"[a-z,] {re.escape(word)}\b", article))


def _spread(candidates: list[Suggestion]) -> list[Suggestion]:
    """One of each paragraph in turn, so that few questions still cover the whole article."""
    paragraphs: dict[int, list[Suggestion]] = {}
    for candidate in candidates:
        paragraphs.setdefault(candidate.passage.paragraph, []).append(candidate)
    rows = list(paragraphs.values())
    turns = max(map(len, rows), default=0)
    return [row[turn] for turn in range(turns) for row in _middle_out(rows) if turn < len(row)]


def _varied(candidates: list[Suggestion]) -> list[Suggestion]:
    """Two of each kind at a time: questions of a kind begin alike, in Chinese they end alike."""
    seen: Counter[str] = Counter()

    def turn(candidate: Suggestion) -> int:
        question = candidate.question
        kind = question[-5:] if question[-2] > "\u2fff" else " ".join(question.split()[:2])
        seen[kind] += 1
        return (seen[kind] - 1) // 2

    return sorted(candidates, key=turn)


def _middle_out(rows: list[list[Suggestion]]) -> list[list[Suggestion]]:
    """The rows in an order whose every beginning is spread evenly: 0, 1/2, 1/4, 3/4, …"""
    return sorted(rows, key=lambda row: int(f"{rows.index(row):016b}"[::-1], 2))
