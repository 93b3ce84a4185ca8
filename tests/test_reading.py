"""From a source to the article: the bundled page, kinds and encodings, and what is no article."""

import json
import re
from pathlib import Path

import pytest
from conftest import PAGE
from hypothesis import given
from hypothesis import strategies as st

from askarticle import Article, ReadError, read, read_text

BODY = (
    "The library on Mill Street opens again on Monday after two years of repairs to its roof.",
    "Readers will find forty new desks, a quiet room and a kitchen where coffee costs one euro.",
    "“We have missed the noise of the children,” said Ada Quill, who has worked there since 1998.",
)
WEB_PAGE = f"""<!doctype html><html><head><title>Library opens | Town News</title>
<script>var menu = "secret";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
<article><h1>Library opens</h1>{"".join(f"<p>{line}</p>" for line in BODY)}</article>
<aside><h2>Most read</h2><ul><li><a href="/1">Mayor resigns</a></li></ul></aside>
<footer>© 2026 Town News</footer></body></html>"""

DUMP = """Town News
Home
Sport
Weather
Library opens

2026-03-02 08:15
Share
{}

Related stories
Mayor resigns
Mayor resigns
2026-03-01 10:00
Bridge closed
Bridge closed
2026-02-28 09:30
Copyright 2026 Town News
""".format("\n\n".join(BODY))


def bundled_body() -> str:
    page = PAGE.read_text(encoding="utf-8")
    end = "激发薄弱学校快速发展。"
    return page[page.index("明亮宽敞") : page.index(end) + len(end)]


def test_the_bundled_page_gives_its_title_and_exactly_its_body():
    article = read(PAGE)
    assert article.title == "青岛市市南区:集团化办学让优质教育“遍地开花”"
    assert article.text == bundled_body()
    assert article.source == str(PAGE)


def test_no_headline_of_the_bundled_page_is_in_the_text():
    article = read(PAGE)
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    after = [line.strip() for line in lines[lines.index("相关推荐") :] if line.strip()]
    assert len(after) > 100
    assert not [line for line in after if line in article.text]


def test_every_line_is_kept_or_removed_with_its_number_and_a_reason():
    article = read(PAGE)
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for number, line, reason in article.removed:
        assert lines[number - 1].strip() == line
        assert reason in {"title", "repeated", "date", "menu", "headline", "boilerplate"}
    kept = [line for line in article.text.split("\n") if line]
    assert len(kept) + len(article.removed) == sum(bool(line.strip()) for line in lines)


def test_a_removed_line_can_be_kept():
    title = next(removed for removed in read(PAGE).removed if removed.reason == "title")
    article = read(PAGE, keep=[title.number])
    assert article.text.startswith(title.line)
    assert title not in article.removed


def test_without_cleaning_nothing_is_removed():
    article = read(PAGE, clean=False)
    assert article.text == PAGE.read_text(encoding="utf-8")
    assert article.removed == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_same_text_in_any_encoding(encoding):
    content = PAGE.read_text(encoding="utf-8").encode(encoding)
    assert read(content).text == bundled_body()


def test_invalid_bytes_are_replaced_and_counted():
    article = read(PAGE.read_bytes().replace("明亮宽敞".encode(), b"\xff" + "明亮宽敞".encode()))
    assert "\ufffd明亮宽敞" in article.text
    assert len(article.warnings) == 1 and article.warnings[0].startswith("1 ")


def test_a_page_dump_in_english():
    article = read_text(DUMP)
    assert article.text == "\n\n".join(BODY)
    assert article.title == "Library opens"
    assert article.date == "2026-03-02 08:15"


def test_a_paragraph_of_a_dump_that_is_broken_after_a_link_and_at_a_margin():
    wrapped = (
        "Photos\nwhich were taken on Mill Street show that the library has got its roof\n"
        "back, and that rain no longer falls on the books for children and their\nreaders."
    )
    assert read_text(DUMP.replace(BODY[0], f"\n{wrapped}")).text.startswith(wrapped)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_an_html_page(charset):
    article = read(WEB_PAGE.encode(charset))
    assert article.text == "\n".join(BODY)
    assert article.title == "Library opens"
    removed = [line for _, line, _ in article.removed]
    assert {"Home", "Sport", "Mayor resigns", "© 2026 Town News"} <= set(removed)
    assert not any("secret" in line for line in removed)


@pytest.mark.parametrize("char", "\xad\x9b\u200b\u200d\u2060\ufeff\ue000")
def test_characters_that_arent_printed_cost_no_line(char):
    lines = [line.replace("e", f"e{char}") for line in BODY]
    html = WEB_PAGE.replace("</article>", f"<p>{char}</p></article>")
    for line, strange in zip(BODY, lines, strict=True):
        html = html.replace(line, strange)
    assert read_text(html).text == "\n".join(lines)


def test_an_html_page_with_a_line_put_back():
    number = next(r.number for r in read_text(WEB_PAGE).removed if r.line == "Mayor resigns")
    assert read_text(WEB_PAGE, keep=[number]).text == "\n".join([*BODY, "Mayor resigns"])


def test_an_html_page_as_it_is():
    text = read_text(WEB_PAGE, clean=False).text
    assert text.startswith("Home\nSport") and text.endswith("© 2026 Town News")


@pytest.mark.parametrize("body", ["<ul><li>Flour</li><li>Two eggs</li></ul>", ""])
def test_short_items_of_the_body_are_kept(body):
    items = f"<p>{BODY[0]}</p>{body}<p>{BODY[1]}</p><p>{BODY[2]}</p>"
    article = read_text(f"<html><body><article><h1>Cake</h1>{items}</article></body></html>")
    assert ("Flour\nTwo eggs" in article.text) == bool(body)


def test_comments_in_markup_split_no_sentence():
    sentence = (
        "The price was <!-- a -->\n12 euros<!-- b -->, less than\nbefore the roof was mended."
    )
    article = read_text(WEB_PAGE.replace(BODY[0], sentence))
    assert article.text.startswith("The price was 12 euros, less than before the roof was mended.")


def test_references_to_control_characters_are_no_characters():
    article = read_text(WEB_PAGE.replace("quiet room", "quiet&#27; &#x1b;room"))
    assert "quiet room" in article.text and article.title == "Library opens"


def test_deep_markup_keeps_its_text():
    deep = "<div>" * 1000 + f"<p>{BODY[0]}</p>" + "</div>" * 1000
    assert BODY[0] in read_text(f"<html><body>{deep}</body></html>").text


def test_lone_surrogates_anywhere_in_a_page():
    article = read_text(DUMP.replace("Town News", "Town \ud800News"))
    assert article.text == "\n\n".join(BODY)
    assert json.dumps(article.removed, ensure_ascii=False).encode()


def test_a_short_article_before_longer_teasers():
    teasers = "\n".join(
        f"第{n}个句子很长，说了很多话却什么都没有说，赶紧来看看吧，真的。" for n in range(4)
    )
    text = (
        "市图书馆重新开放\n\n市图书馆经过两年修缮，将于下周一重新向读者开放，新增座位四十个。\n"
        "馆长李梅说，读者可以凭身份证免费办理借书证，开放时间为早九点到晚八点。\n\n相关推荐\n"
    ) + teasers
    article = read_text(text)
    assert article.title == "市图书馆重新开放"
    assert article.text.startswith("市图书馆经过") and article.text.endswith("早九点到晚八点。")


@pytest.mark.parametrize(
    "text",
    [
        "Dear Anna,\n\nI hope you are well. We are fine.\n\nYours,\nTom",
        "我要飞得更高\n飞得更高\n狂风一样舞蹈\n我要飞得更高\n飞得更高\n翅膀卷起风暴\n我要飞得更高",
        "2024-09-20 08:15 列车从青岛出发。\n2024-09-20 09:40 列车到达济南。\n2024-09-20 11:05 停。",
        "2024-01-01\n今天下雪了，我们堆了雪人。\n2024-01-02\n雪化了。\n2024-01-03\n出太阳了。",
        "登录不了怎么办？\n请检查网络，然后重试。\n注册需要什么？\n需要一个手机号。",
        "张三 09:15\n明天几点开会？\n李四 09:16\n九点半。\n张三 09:17\n好的，在哪里？",
        "More in sorrow than in anger, she told reporters that it is over.\nComments like these "
        "have drawn criticism from council members, who said so on Monday.",
        "她站在门口。\n“你来了。”\n“来了。”\n“坐吧。”\n两个人都没有再说话，雨下得很大。",
        "A single sentence.",
        "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡",
    ],
)
def test_a_plain_text_loses_no_line(text):
    article = read_text(text)
    lines = [line for line in text.split("\n") if line]
    assert [line for line in article.text.split("\n") if line] == lines
    assert article.removed == []


def test_a_line_set_apart_is_the_title_of_a_plain_text():
    article = read_text("Rules\n\n1. Nobody enters.\n2. Nobody leaves.")
    assert (article.title, article.text) == ("Rules", "1. Nobody enters.\n2. Nobody leaves.")


@pytest.mark.parametrize("text", ["," * 3000 + "x", " " * 3000 + "x", "1-" * 3000, "(" * 3000])
def test_no_line_takes_long(text):
    read_text(f"x\n{text}\ny")


NO_ARTICLE = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\n", "empty"),
    "markup only": (b"<!doctype html>", "no words"),
    "marks only": ("。。。\n！！！".encode(), "no words"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
    "an archive": (b"PK\x03\x04\x14\x00", "zip archive"),
    "compressed": (b"\x1f\x8b\x08\x00", "compressed"),
    "a program": (b"\x7fELF\x02\x01\x01\x00", "program"),
    "junk": (bytes(range(256)) * 40, "not a text"),
    "zeros": (bytes(5000), "not a text"),
    "headlines only": (
        "首页\n新闻\n体育\n相关推荐\n官宣退赛\n官宣退赛\n2024-09-20 16:44:00\n热点推荐\n".encode(),
        "no article",
    ),
    "too large": (b"a" * 20_000_001, "more than 20 MB"),
}


@pytest.mark.parametrize(("content", "reason"), NO_ARTICLE.values(), ids=NO_ARTICLE.keys())
def test_what_is_no_article_is_refused_with_the_reason(content, reason, tmp_path):
    path = tmp_path / "source"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=reason) as error:
        read(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("missing.txt", "no file"),
        (Path(__file__).parent, "folder"),
        ("file:///etc/hosts", "address"),
        ("two\nlines of a text", "not a path"),
        ("很长的一句话，" * 20, "can't be opened"),
        ("nul\0byte", "can't be opened"),
    ],
)
def test_a_source_that_is_no_file(source, reason):
    with pytest.raises(ReadError, match=reason):
        read(source)


def test_a_lone_surrogate_becomes_one_character():
    article = Article(text="前\ud800后", title="\udfff")
    assert (article.text, article.title) == ("前\ufffd后", "\ufffd")


@given(st.text(st.sampled_from("首页新闻。，\n 2024-09:<>p/ab"), max_size=300))
def test_any_text_is_read_or_refused(text):
    try:
        article = read_text(text)
    except ReadError:
        return
    assert re.search(r"[^\W_]", article.text)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        read(content)
    except ReadError as error:
        assert "\n" not in str(error)
