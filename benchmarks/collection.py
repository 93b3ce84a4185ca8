"""A large collection: `python benchmarks/collection.py [--articles N] [--stand-in]`.

Writes N articles of 30 sentences (half of them Chinese, half English, made of the word lists below,
the same each time) into a temporary folder and does what `askarticle index` and `ask` do with them,
each step in a process of its own. Times differ between machines and moments.

Encoding takes most of the time of the first run: an hour or more for 10,000 articles on one core.
With --stand-in, vectors are made of hashes of the words instead, in no time: all else is as it is,
but what is found and the time to encode say nothing then.
"""

import argparse
import multiprocessing
import random
import re
import resource
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from askarticle import Encoder, Retriever, load_encoder
from askarticle.collection import gather
from askarticle.encoder import Progress, Tokens, Vectors

SENTENCES = 30
ZH = {
    "when": "今年春天 去年九月 上个星期 前天上午 三月五日 雨季之前 开学第一周 入冬以来",
    "place": "青石镇 临江市 白塔区 云岭县 东港 柳河村 南湖新区 松山 海棠路 石桥街道 望江 北原",
    "who": "图书馆 市医院 渔业合作社 第三中学 气象站 博物馆 公交公司 老年大学 造船厂 消防队",
    "did": "新增了 修缮了 捐出了 培训了 检查了 登记了 更换了 种下了 运走了 展出了 救助了 售出了",
    "thing": "本藏书 张病床 条渔船 名教师 台水泵 件陶器 辆电车 公里管道 位学员 棵银杏",
    "then": "居民普遍表示满意 费用由市财政承担 下一步将扩大范围 有专家提出了不同看法 工期缩短了 "
    "结果将在网上公布 负责人说这只是开始 邻近的乡镇也在观望 目前还缺少人手 这在当地尚属首次",
}
EN = {
    "when": "last_spring in_September on_Monday before_the_floods since_winter this_year at_dawn",
    "place": "Ashford Millbrook Stonehaven Eastport Larkhill Fernley Oakbridge Westmere Redcliff",
    "who": "library hospital fishery school observatory museum railway waterworks college shipyard",
    "did": "bought repaired donated trained inspected registered replaced planted moved exhibited",
    "thing": "books beds boats teachers pumps vases trams miles_of_pipe students oaks lamps",
    "then": "residents_were_pleased the_council_paid_for_it more_will_follow_next_year "
    "some_experts_disagreed it_took_less_time_than_planned the_results_will_be_published "
    "nearby_towns_are_watching staff_are_still_scarce nobody_had_tried_that_before",
}
QUESTIONS = [
    "青石镇的图书馆新增了多少本藏书?",
    "市医院在哪里增加了病床?",
    "谁在东港救助了渔船?",
    "How many boats did the fishery in Eastport repair?",
    "Where did the school train teachers?",
    "What happened at the observatory before the floods?",
    "临江市的公交公司有几辆电车?",
    "Who planted oaks in Larkhill?",
]


def article(number: int) -> str:
    """The text of an article: its sentences in paragraphs of five."""
    chance = random.Random(number)
    lists = ZH if number % 2 else EN
    sentences = []
    for n in range(SENTENCES):
        pick = {kind: chance.choice(words.split()) for kind, words in lists.items()}
        pick = {kind: word.replace("_", " ") for kind, word in pick.items()}
        many = chance.randrange(2, 9000)
        if lists is ZH:
            text = "{when}，{place}的{who}{did}{many}{thing}，{then}。"
        else:
            text = "The {who} in {place} {did} {many} {thing} {when}, and {then}. "
        sentences.append(text.format(many=many, **pick) + ("\n\n" if n % 5 == 4 else ""))
    return "".join(sentences)


class StandIn:
    """Vectors made of hashes of the words, of the built-in encoder's size; knows no meaning."""

    name, fingerprint, dimension = "stand-in", "stand-in of benchmarks/collection.py", 384
    _WORD = re.compile(r"[\u4e00-\u9fff]|[a-z0-9]+")

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for word in self._WORD.findall(text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        vectors[:, 0] += 1e-6  # none is zero
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        found = []
        for text, vector in zip(texts, self.encode(texts), strict=True):
            spans = [match.span() for match in self._WORD.finditer(text.lower())] or [(0, 0)]
            vectors = self.encode([text[start:end] for start, end in spans])
            found.append(Tokens(vector, vectors, np.array(spans)))
        return found


def index(folder: Path, out: Path, stand_in: bool, update: bool) -> str:
    """What `askarticle index folder --out out [--update]` does; says how long each part took."""
    times = {}
    started = time.perf_counter()
    encoder: Encoder = StandIn() if stand_in else load_encoder()
    old = Retriever.load(out, encoder=encoder) if update else None
    times["load"], started = time.perf_counter() - started, time.perf_counter()
    found = gather([str(folder)], known=old.articles if old else ())
    times["read"], started = time.perf_counter() - started, time.perf_counter()
    retriever = Retriever.build(found.articles, encoder=encoder, reuse=old)
    del old
    times["split and encode"], started = time.perf_counter() - started, time.perf_counter()
    retriever.save(out)
    times["save"] = time.perf_counter() - started
    fates = [len(fate) for fate in (found.added, found.changed, found.unchanged, found.removed)]
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in times.items())
    return (
        f"{sum(times.values()):7.1f} s ({parts}); {cost()}\n"
        + f"{'':24}{len(retriever.articles):,} articles, {retriever.passage_count:,} passages; "
        + "{} added, {} changed, {} unchanged, {} removed".format(*fates)
    )


def ask(out: Path, stand_in: bool) -> str:
    """Load the index and ask of all articles, and of one."""
    encoder: Encoder = StandIn() if stand_in else load_encoder()
    encoder.encode(QUESTIONS[:1])  # what is loaded with the first text is no part of the index
    started, since = time.perf_counter(), time.process_time()
    retriever = Retriever.load(out, encoder=encoder)
    loading, used = time.perf_counter() - started, cost(since)
    one = retriever.articles[len(retriever.articles) // 2]
    times = [[_seconds(lambda q=q: retriever.retrieve(q)) for q in QUESTIONS] for _ in range(3)]
    again = [_seconds(lambda q=q: retriever.retrieve(q, article=one)) for q in QUESTIONS]
    return (
        f"{loading:7.1f} s; {used}\n{'a question, of all':24}"
        f"{statistics.median(times[0]):7.3f} s (median of {len(QUESTIONS)}, slowest "
        f"{max(times[0]):.3f}); asked again {statistics.median(times[1] + times[2]):.3f}\n"
        f"{'a question, of one':24}{statistics.median(again):7.3f} s"
    )


def cost(since: float = 0) -> str:
    """The processor's time, which other work on the machine doesn't lengthen; and the memory."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return f"processor {time.process_time() - since:.1f} s, peak memory {peak:.2f} GB"


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=10_000, metavar="N")
    parser.add_argument("--stand-in", action="store_true", help="vectors of hashes, made at once")
    options = parser.parse_args()
    print(
        f"{options.articles:,} articles of {SENTENCES} sentences, "
        + ("NOT encoded: vectors of hashes stand in" if options.stand_in else "built-in encoder"),
        flush=True,
    )

    def alone(title: str, work: Callable[..., str], *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as process:
            print(f"{title:24}{process.submit(work, *arguments).result()}", flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary, "articles"), Path(temporary, "index")
        for number in range(options.articles):
            path = folder / f"{number // 100:03}" / f"{number:05}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(article(number), encoding="utf-8")
        alone("index", index, folder, out, options.stand_in, False)
        size = sum(path.stat().st_size for path in out.iterdir())
        text = sum(path.stat().st_size for path in folder.rglob("*.txt"))
        print(f"{'size':24}{size / 1e6:7.0f} MB, of {text / 1e6:.0f} MB of text", flush=True)
        alone("load", ask, out, options.stand_in)
        path.write_text(article(options.articles), encoding="utf-8")
        alone("update, one changed", index, folder, out, options.stand_in, True)
        path.unlink()
        alone("update, one removed", index, folder, out, options.stand_in, True)


if __name__ == "__main__":
    main()
