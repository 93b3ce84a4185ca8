"""Patterns of Chinese sentences, and the questions that these answer in their own words."""

import re
from collections.abc import Iterator

_SAYS = "认为|表示|介绍|指出|说|强调|坦言|透露"
_DATE = r"(?:\d{4}年(?:\d{1,2}月)?(?:\d{1,2}[日号])?|\d{1,2}月\d{1,2}[日号])"
_HAPPENS = (
    "成立|开工|开业|开幕|上映|发布|启用|通车|投入使用|去世|出生|创办|竣工|启动|举行|举办|召开|上市|揭牌|签署|结束|投产"
)  # fmt: skip
_DONE = (
    "(?:主办|承办|开发|设计|建造|创立|创办|执导|主演|撰写|出版|推出|发起|管理|运营|制作|提出|负责|组织|维护)"
    "(?![社商方者人的])"
)
_UNIT = (
    "%|％|个百分点|[万亿]*(?:元|美元|人次|人|名|个|所|家|次|项|公里|千米|米|吨|平方米|平方公里|公顷|亩|岁|套|辆"
    "|册|天|小时|分钟|份|条|场|篇|届|件|种|间|座|栋|户|页|本|架|艘|台|棵|只|头)"
)
# Where a sentence's subject begins: at most a list's number, a date or the like stand before it.
_START = (
    r"(?:^|[。！？])(?:>\s*|[（(]?\d+[.、）)]\s*)?(?:(?:截至)?目前|据[^，]{1,6}|近日|近年来|近期|日前|此外"
    rf"|现在|如今|其实|事实上|{_DATE})?[，,]?"
)
NAME = r"《[^《》]{2,16}》|“[^“”，。]{2,10}”|\b[A-Z][A-Za-z]{2,15}(?: [A-Z][A-Za-z]+)?(?![\w.])"
_END = r"(?=[，。；,;!?！？]|$)"


def _topic(longest: int, start: str = _START, without: str = "") -> str:
    return rf"{start}(?P<topic>[^，。；：、,;:!?！？（）()…—{without}]{{2,{longest}}}?)"


# A pattern and the question that its groups make. A `topic` must be clear by itself.
_RULES = [
    (re.compile(pattern), question)
    for pattern, question in [
        (
            _topic(22, f"(?:^|[，。；,;]){_DATE}[，,]?")
            + f"(?P<what>(?:正式)?(?:{_HAPPENS})(?!的|会上|[^，]*[显表]示)[^，。；,;]{{0,12}})"
            + _END,
            "{topic}是什么时候{what}的?",
        ),
        (
            rf"(?:由于|因为)[^，。；,;]{{4,40}}[，,](?P<topic>[^，。；,;“”\"]{{8,28}}){_END}",
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
        (_topic(16) + f"由[^，。]{{2,24}}?(?P<verb>{_DONE})", "{topic}由谁{verb}?"),
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
            _topic(18, "(?:^|[，。；,;”])") + f"(?<![地来话])(?:{_SAYS})(?=[，,:：“])",
            "{topic}是怎么说的?",
        ),
    ]
]
_NUMBER = re.compile(
    r"(?P<topic>[^，。；：、,;:!?！？（）()《》]{6,28}?)(?<![\d.第月年])"
    rf"\d[\d,.]*[余多]?(?P<unit>{_UNIT})(?P<after>[^，。；：、,;:!?！？]{{0,6}}){_END}"
)
# A topic that begins so leans on what was said before, or has no subject.
_LEANS = re.compile(
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
_CLAUSE = re.compile(
    "[是了吗呢我你他她它这那们该]|可以|应该|能够|已经|正在|并且|如果|因为|由于|虽然|但|而|以及|为了|显示|不仅|仅仅|本文|如何|怎样|怎么|的$|起见"
)
# Adverbs and first verbs at a topic's end, which the question does without.
_ENDING = re.compile(
    r"(?:去年|今年|当天|当日|日前|近日|随后|昨天|昨日|曾|将|也|都|均|则|还|已|就|正|共|甚至|通常|主要|一般|经审理|接着|继续|解释|总结|的话|[\s*_`:：])+$"
)


def questions(sentence: str) -> Iterator[str]:
    """Questions that a sentence answers, the most natural first."""
    for pattern, question in _RULES:
        for found in pattern.finditer(sentence):
            topic = _ENDING.sub("", found["topic"].replace("`", "").lstrip(" *_"))
            if len(topic) > 1 and _by_itself(topic):
                topic += " " * topic[-1].isascii()  # as one writes before Chinese
                yield question.format(**found.groupdict() | {"topic": topic}).replace(" ?", "?")
    for found in _NUMBER.finditer(sentence):
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
    return pairs and not _LEANS.match(topic) and not _CLAUSE.search(topic)
