"""Patterns of English sentences, and the questions that these answer in their own words."""

import re
from collections.abc import Iterator
from functools import lru_cache

_PAST = {
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
_SAYS = {
    "said": "say", "says": "say", "say": "say", "warned": "warn", "warns": "warn",
    "argued": "argue", "argues": "argue", "confirmed": "confirm", "announced": "announce",
    "claimed": "claim", "claims": "claim", "denied": "deny", "found": "find", "showed": "show",
    "revealed": "reveal", "suggested": "suggest",
}  # fmt: skip
_HOPES = {
    "plans": "plan", "hopes": "hope", "wants": "want", "aims": "aim", "intends": "intend",
    "plan": "plan", "hope": "hope", "want": "want", "aim": "aim", "intend": "intend",
}  # fmt: skip
_BASE = _PAST | _SAYS | _HOPES
_SUBJECT = r"^(?P<subject>(?:The |A |An )?(?:[\w’'-]+ ){0,4}?[\w’'-]+)"
_DID = rf"{_SUBJECT} (?P<verb>{'|'.join(_PAST)})"
_ABOUT = "(?:about |around |nearly |over |almost |more than |up to |some |at least )?"
_MONEY = (
    r"(?:[$£€¥]\s?\d[\d,.]*(?: ?(?:million|billion|trillion|bn|m))?"
    r"|\d[\d,.]*(?: (?:million|billion))? (?:dollars|pounds|euros|yuan))"
)
_NUMBER = r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_THINGS = (
    r"(?P<noun>(?: (?!percent|times|years|months|weeks|days|hours|minutes)[a-z-]+){1,2}?(?<!ou)s)"
)
_YEAR = r"(?:in|on) (?:[A-Z]\w+ )?(?:\d{1,2},? )?\d{4}\b"
_WHY = ",? (?:because|due to|in order to) "
_END = "(?=[,.;]|$)"
_FULL_NAME = r"(?P<name>(?:(?!The )[A-Z][\w’'-]+\.? ){1,3}[A-Z][\w’'-]+)"
NAME = r"(?P<name>[A-Z][\w’']*(?:-[A-Z]\w+)?(?: (?:of )?[A-Z][\w’'-]+){0,3})"
# Capitals that name no one and nothing: days, months, and adjectives of countries.
NO_NAME = re.compile("(?:day|uary|ber|March|April|June|July|ese|ish|an)$|^[A-Z]{1,2}$|^The$")
_FIRM = "[^,]*(?:Factory|College|University|Company|Group|Bureau|Hospital|Party|Council|Court)"
_PERSON = (
    r"(?:(?:the|an?|its|their|his|her) [^,.;:()\"“”]{0,40}?|(?:[a-z-]+ ){0,2})\b(?:director|"
    "president|professor|player|singer|actor|actress|politician|author|writer|leader|minister|"
    "analyst|economist|scientist|researcher|lawyer|journalist|spokes(?:man|woman|person)|founder|"
    "chief|head|manager|doctor|teacher|artist|poet|senator|mayor|officer|secretary|member|"
    "candidate|veteran|resident|star|critic|chair(?:man|woman)|expert|student|coach|engineer|"
    r"historian)\b"
)


def _rest(prepositions: str) -> str:
    return rf"(?P<rest>(?: (?:{prepositions}) [^,.;:()]{{2,50}}?)?)"


_RULES = [
    (re.compile(pattern), question)
    for pattern, question in [
        (
            rf"{_SUBJECT} (?P<be>was|were) (?P<what>founded|built|opened|born|created|"
            "established|launched|published|released|discovered|completed|introduced|elected|appointed|signed|"
            "invented|designed|formed|adopted|held|killed|arrested|banned|approved)"
            + _rest("by|in|at|as") + " " + _YEAR,
            "When {be} {subject} {what}{rest}?",
        ),
        (
            f"{_DID} {_ABOUT}{_MONEY}" + _rest("on|for|to|from|in") + _END,
            "How much {do} {subject} {base}{rest}?",
        ),
        (
            f"{_DID} {_ABOUT}{_NUMBER}{_THINGS}" + _rest("in|on|at|for|from|across")
            + _END,
            "How many{noun} {do} {subject} {base}{rest}?",
        ),
        (
            f"^There (?P<be>are|were) {_ABOUT}{_NUMBER}{_THINGS}" + _rest("in|on|at")
            + _END,
            "How many{noun} {be} there{rest}?",
        ),
        (
            rf"\b{_FULL_NAME}, (?:the|a|an) [^,.;:()\"“”]{{4,50}} (?:of|at|for) "
            r"[^,.;:()\"“”]{3,40}, ",
            "Who is {name}?",
        ),
        (
            rf"\b(?!{_FIRM}){_FULL_NAME}, "
            rf"(?!and |or |but |with |who |in |at |on |a former ){_PERSON}",
            "Who is {name}?",
        ),
        (rf"^{NAME}(?:,| is) (?:an?|one of) (?!{_PERSON})[^,.;:()]{{5}}", "What is {name}?"),
        (
            rf"{_SUBJECT} (?P<be>is|are|was|were|can|could|will|should) "
            rf"(?P<rest>[^,.;:()\"“”]{{6,60}}?){_WHY}",
            "Why {be} {subject} {rest}?",
        ),
        (rf"{_DID} (?P<rest>[^,.;:()]{{3,60}}?){_WHY}", "Why {do} {subject} {base} {rest}?"),
        (
            rf"{_DID}(?P<rest>(?: (?!an? )[^,.;:()\d]{{3,60}}?)?) {_YEAR}",
            "When {do} {subject} {base}{rest}?",
        ),
        (rf"\b(?:said|says) {_FULL_NAME}\b", "What did {name} say?"),
        (
            rf"\b(?P<the>[Tt]he )?{_FULL_NAME} (?P<verb>said|says|argues|argued|warned|warns)\b",
            "What did {the}{name} {base}?",
        ),
        (
            rf"{_SUBJECT} (?P<verb>{'|'.join(_SAYS)}) (?=that |it |he |she |they |the )",
            "What did {subject} {base}?",
        ),
        (
            rf"{_SUBJECT} (?P<verb>{'|'.join(_HOPES)}) to ",
            "What {do} {subject} {base} to do?",
        ),
        (
            rf"{_SUBJECT} (?P<be>is|are|was|were) (?P<what>based|located|situated|born) in ",
            "Where {be} {subject} {what}?",
        ),
        (
            r"^To (?P<what>(?!be )[a-z]+ [^,.;:()]{4,50}), (?:you|run|use|click|open|type|we) ",
            "How do you {what}?",
        ),
    ]
]  # fmt: skip
LEANS = re.compile(
    r"(?:he|she|it|they|this|that|these|those|we|i|you|there|his|her|its|their|our|my|one|some|many|"
    r"most|others?|another|both|all|in|on|at|as|by|when|while|after|before|if|but|and|so|yet|or|"
    r"then|now|since|for|with|what|who|which|more|about|only|even|each|such|no|not|here|nobody|"
    r"everyone|few|several|people|to|from|how|why|where|also|however)\b",
    re.I,
)
# A subject that holds one of these is a clause, or has an adverb at its end.
_CLAUSE = re.compile(
    r" (?:has|have|had|is|are|was|were|be|he|she|it|they|we|who|which|that|said|says|also|later|"
    r"then|once|never|not|just|already|recently|still|only|and|or|but|will|would|could|can|should)\b"
)


def questions(sentence: str, article: str) -> Iterator[str]:
    """Questions that a sentence answers, the most natural first.

    `article` tells names from words that only begin a sentence.
    """
    for pattern, question in _RULES:
        for found in pattern.finditer(sentence):
            parts = {"verb": "", "the": ""} | {k: v or "" for k, v in found.groupdict().items()}
            if "subject" in parts:
                parts["subject"] = _subject(parts["subject"], article)
            name = parts.get("name", "")
            if parts.get("subject") == "" or LEANS.match(name):
                continue
            if name.isalpha() and not _is_name(name, article):  # the first word of a sentence
                continue
            verb = parts["verb"]
            parts |= {"base": _BASE.get(verb, ""), "do": _do(verb), "the": parts["the"].lower()}
            yield question.format(**parts)


def _do(verb: str) -> str:
    if verb == "have" or (verb in _HOPES and not verb.endswith("s")):
        return "do"
    return "does" if verb.endswith("s") and verb != "cost" else "did"


def _subject(subject: str, article: str) -> str:
    """The subject inside a sentence, its first letter small unless it is a name; "" if it leans."""
    if LEANS.match(subject) or _CLAUSE.search(subject):
        return ""
    first, _, rest = subject.partition(" ")
    if first in ("The", "A", "An"):
        return f"{first.lower()} {rest}"
    if rest[:1].isupper() or _is_name(first, article) or not (rest or first.endswith("s")):
        return subject
    return subject[0].lower() + subject[1:]


def _is_name(word: str, article: str) -> bool:
    """Whether a word has its capital inside a sentence, too."""
    return word.isupper() or word in _inside(article)


@lru_cache(maxsize=1)
def _inside(article: str) -> frozenset[str]:
    """The words that follow a small letter or a comma, and of Smith-Jones Smith too."""
    return frozenset(
        word[: edge.start()]
        for word in re.findall(r"(?<=[a-z,] )[\w’'-]{1,50}", article)
        for edge in re.finditer(r"\b", word)
    )
