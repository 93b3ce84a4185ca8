"""The chat: in a real Chromium on the real index, one app and one browser for all tests."""

import json
import os
import re
import shutil
import socket
import threading
from pathlib import Path

import pytest
from conftest import INDEX, free_port
from documents import pdf, protected_pdf
from test_fetch import ARTICLE, HERE, send, server

from askarticle import Article, AskArticleError, Retriever
from askarticle.reading import fetch as fetching
from askarticle.web import launch
from askarticle.web.words import words

OFFICER = "谁是青岛二十六中教育集团的负责人?"
SPENT = "How much did the district spend on group-based schooling in 2023?"
NOT_SAID = "怎么做红烧肉?"
MARKUP = '<img src="http://elsewhere.example/x.png" onerror="document.title=1"><script>1</script>'
ZH, EN = words()["zh"], words()["en"]
LIBRARY = """The Castle Library

The library was founded in 1901. The town spent £2 million on the new roof last year.
Its oldest book is a herbal of 1542 that a sailor left behind.

Jane Smith, the head of the library, said the roof had leaked for years. “We kept buckets between
the shelves,” said Jane Smith. The reading room is closed because the floor must dry.
"""
PHONE = {"viewport": {"width": 390, "height": 844}}
WIDE = {"viewport": {"width": 1280, "height": 800}}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def ratings(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("ratings") / "rated.jsonl"


@pytest.fixture(scope="module")
def served(bundled, ratings):
    """A running chat on the bundled article."""
    app = launch(bundled, port=free_port(), examples=[OFFICER, SPENT], feedback=ratings)
    yield app
    app.close(verbose=False)


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        reason = "no chromium or google-chrome on the PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def kept_pages():
    """One page a language for most tests: a fresh one takes its browser a second or two to load."""
    return {}


@pytest.fixture
def open_page(chromium, served, kept_pages):
    """Opens the chat as a new reader; afterwards no request may have left this machine."""
    requests, errors, contexts, opened = [], [], [], []

    def new_page(locale: str, **options):
        context = chromium.new_context(locale=locale, **(WIDE | options))
        return context, context.new_page()

    def open_page(address: str = "", *, locale: str = "zh-CN", **options):
        if address or options or locale in opened:
            context, page = new_page(locale, **options)
            contexts.append(context)
        else:
            if locale not in kept_pages:
                kept_pages[locale] = new_page(locale)[1]
                kept_pages[locale].goto(served.local_url)
            page = kept_pages[locale]
            opened.append(locale)
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.on("request", on_request)
        page.on("pageerror", on_error)
        page.goto(address or served.local_url)
        page.locator("#text .sentence").first.wait_for(state="attached")
        return page

    def on_request(request):
        requests.append(request.url)

    def on_error(error):
        errors.append(str(error))

    yield open_page
    for context in contexts:
        context.close()
    for locale in opened:
        kept_pages[locale].remove_listener("request", on_request)
        kept_pages[locale].remove_listener("pageerror", on_error)
    elsewhere = [
        url for url in requests if not re.match(r"(http|ws)://127\.0\.0\.1:|data:|blob:", url)
    ]
    assert requests and elsewhere == [] and errors == []


def ask(page, question: str):
    """Ask, and wait for the answer; returns its part of the conversation."""
    count = page.locator(".turn").count()
    page.locator("#ask").fill(question)
    page.locator("#ask").press("Enter")
    turn = page.locator(".turn").nth(count)
    turn.locator(".reply, .say:not(.waiting)").first.wait_for()
    return turn


def add(page, text: str) -> None:
    """Add an article by pasting, and wait until it is the one that is shown."""
    page.locator("#open-add").click()
    page.locator("#paste").fill(text)
    page.locator("#read").click()
    page.locator("#add").wait_for(state="hidden", timeout=20_000)


def in_sight(page, sentence) -> None:
    page.wait_for_function(
        "([e, r = e.getBoundingClientRect()]) => r.top >= 0 && r.bottom <= innerHeight",
        arg=[sentence.element_handle()],
    )


# 1. Two panes


def test_the_answer_is_marked_in_the_article_and_scrolled_to(open_page):
    page = open_page()
    turn = ask(page, OFFICER)
    first = page.locator("#text .sentence.first")
    assert "孙晓梅" in first.inner_text()
    assert "孙晓梅" in "".join(first.locator("mark").all_inner_texts())
    assert page.locator("#text .sentence.hit").count() == turn.locator(".hit").count() == 3
    in_sight(page, first)
    assert page.evaluate("scrollY") == 0  # only the article scrolls
    assert page.locator("#ask").input_value() == ""


def test_a_citation_leads_to_its_sentence(open_page):
    page = open_page()
    turn = ask(page, OFFICER)
    text = turn.locator(".passage").nth(2).inner_text()
    turn.locator(".cite", has_text="[3]").click()
    at = page.locator("#text .sentence.at")
    assert at.inner_text() == text
    in_sight(page, at)
    assert at.evaluate("e => e === document.activeElement")


def test_a_sentence_tells_what_it_answered_and_can_be_asked_about(open_page):
    page = open_page()
    ask(page, OFFICER)
    ask(page, NOT_SAID)
    page.locator("#text .sentence", has_text="孙晓梅").click()
    menu = page.locator("#sentence-menu")
    assert OFFICER in menu.inner_text() and NOT_SAID not in menu.inner_text()
    menu.get_by_text(OFFICER).click()
    assert "孙晓梅" in page.locator("#text .sentence.first").inner_text()
    page.locator("#text .sentence").first.click()
    menu.get_by_text(ZH["ask_sentence"]).click()
    assert page.locator("#ask").input_value().startswith("“明亮宽敞的教室")


def test_on_a_phone_the_article_is_a_sheet(open_page):
    page = open_page(**PHONE)
    turn = ask(page, OFFICER)
    article = page.locator("#article")
    assert not article.is_visible()
    turn.locator(".cite").first.click()
    article.wait_for(state="visible")
    in_sight(page, page.locator("#text .sentence.first"))
    assert page.locator("#talk").evaluate("e => e.inert")
    assert page.evaluate("document.activeElement.classList.contains('at')")
    page.locator("#close-article").click()
    article.wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#open-article").click()
    article.wait_for(state="visible")
    page.evaluate("history.back()")
    article.wait_for(state="hidden")
    assert turn.is_visible() and not page.locator("#talk").evaluate("e => e.inert")
    assert page.evaluate("document.activeElement.id") == "open-article"


# 2. The answer


def test_an_answer_has_place_confidence_and_reason(open_page):
    page = open_page()
    first = ask(page, OFFICER).locator(".hit").first
    assert "第 4 段" in first.locator(".place").inner_text()
    assert first.locator(".confidence").inner_text() in (ZH["likely"], ZH["possible"])
    first.locator("summary").click()
    words_share, meaning = map(int, re.findall(r"(\d+)%", first.locator(".why").inner_text()))
    assert words_share + meaning == 100
    exact = first.locator(".why p[lang] .word").all_inner_texts()
    assert "负责人" in "".join(exact) and set("".join(exact)) <= set(OFFICER)


def test_an_english_reader_asks_the_chinese_article(open_page):
    page = open_page(locale="en-US")
    turn = ask(page, SPENT)
    assert "300余万元" in turn.locator("mark").first.inner_text()
    assert "Paragraph 3" in turn.inner_text()


def test_what_the_article_doesnt_say(open_page):
    page = open_page()
    turn = ask(page, NOT_SAID)
    assert ZH["not_found"] in turn.inner_text() and turn.locator(".hit").count() == 1
    assert page.locator("#text .sentence.first").count() == 0


def test_a_follow_up_says_what_it_carries(open_page):
    page = open_page()
    ask(page, "2023年为集团化办学拨了多少专项经费?")
    turn = ask(page, "为什么?")
    assert "2023年" in turn.locator(".carried").inner_text()
    page.locator("#new-talk").click()
    assert ask(page, "为什么?").locator(".carried").count() == 0


# 3. The strip


def test_the_strip_is_darkest_where_the_answer_is_and_leads_there(open_page):
    page = open_page()
    ask(page, SPENT)
    shades = page.locator("#strip i").evaluate_all(
        "all => all.map((e) => +e.style.getPropertyValue('--shade'))"
    )
    assert len(shades) == page.locator("#text .sentence").count()
    darkest = page.locator("#strip i").nth(shades.index(max(shades)))
    assert "300余万元" in darkest.get_attribute("title")
    page.locator("#strip i").last.click()
    at = page.locator("#text .sentence.at")
    assert at.inner_text() == page.locator("#text .sentence").last.inner_text()
    in_sight(page, at)


# 4. Bring your own article


def test_a_pasted_article_is_asked_alone_or_with_the_others(open_page):
    page = open_page(locale="en-US")
    ask(page, SPENT)
    served = page.locator(".next .chip").all_inner_texts()
    add(page, LIBRARY)
    own = page.locator(".next .chip").all_inner_texts()
    assert own and served and not set(own) & set(served)
    assert page.locator("#text h1").inner_text() == "The Castle Library"
    turn = ask(page, "How much did the roof cost?")
    assert "£2 million" in turn.locator(".hit").first.inner_text()
    assert "The Castle Library" in turn.locator(".place").first.inner_text()
    page.locator("#scope").select_option("all")
    turn = ask(page, SPENT)
    assert "青岛市市南区" in turn.locator(".place").first.inner_text()
    assert "300余万元" in page.locator("#text .sentence.first").inner_text()  # it is shown now
    page.locator("#articles").select_option(label="The Castle Library")
    page.locator("#text h1", has_text="Castle").wait_for()
    page.locator("#drop-article").click()
    page.locator("#text h1", has_text="青岛").wait_for()
    assert (
        page.locator("#articles option").count() == 0 or not page.locator("#articles").is_visible()
    )


def test_what_was_left_out_can_be_put_back(open_page):
    page = open_page()
    lines = (INDEX / "article_page.txt").read_text(encoding="utf-8").splitlines()
    add(page, "\n".join(lines[:36]))  # the article, and the first of what stands around it
    removed = page.locator("#removed li")
    page.locator("#removed summary").click()
    line = removed.first.locator("span").inner_text()
    removed.first.get_by_role("button").click()
    page.locator("#text .sentence", has_text=line[:12]).first.wait_for()
    removed.filter(has_text=line).wait_for(state="detached")
    count = removed.count()  # the list is still open
    two = removed.get_by_role("button").evaluate_all("all => all.slice(0, 2).map((e) => e.click())")
    assert len(two) == 2  # while the first is put back, the second can't be chosen
    page.wait_for_function(
        "(n) => document.querySelectorAll('#removed li').length === n", arg=count - 1
    )
    assert removed.first.is_visible() and removed.first.get_by_role("button").is_enabled()
    page.locator("#removed").get_by_text(ZH["put_all_back"]).click()
    page.locator("#removed details").wait_for(state="detached")


def test_a_file_is_read(open_page):
    page = open_page(locale="en-US")
    page.locator("#open-add").click()
    page.locator("#file").set_input_files(
        {"name": "castle.md", "mimeType": "text/markdown", "buffer": LIBRARY.encode()}
    )
    page.locator("#text h1", has_text="Castle").wait_for()


def test_after_a_file_that_cant_be_read_a_text_is(open_page):
    page = open_page(locale="en-US")
    page.locator("#open-add").click()
    page.locator("#file").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%nothing"}
    )
    page.locator("#add-state.error").wait_for(timeout=20_000)
    assert page.locator("#file-label").inner_text() == EN["file"]
    page.locator("#paste").fill(LIBRARY)
    page.locator("#read").click()
    page.locator("#text h1", has_text="Castle").wait_for()


def test_what_goes_wrong_behind_the_closed_dialog_is_said(open_page, read_here):
    read_here()
    arrived, go = threading.Event(), threading.Event()

    def respond(handler):
        arrived.set()
        assert go.wait(30)
        send(handler, b"", status=404)

    page = open_page(locale="en-US")
    with server(respond) as url:
        page.locator("#open-add").click()
        page.locator("#paste").fill(url)
        page.locator("#read").click()
        assert arrived.wait(30)
        page.locator("#close-add", has_text=EN["close"]).click()
        go.set()
        page.locator("#said", has_text="404").wait_for()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("http://127.0.0.1:1/", "本机或内网"),
        ("http://169.254.169.254/latest", "本机或内网"),
        ("https://nowhere.invalid/a", "找不到这个网站"),
        ("www.nowhere.invalid/news/1?x=2", "找不到这个网站"),
        ("\u3000", ZH["nothing"]),
        ("?!…", "没有文字"),
    ],
)
def test_what_cant_be_read_is_said_and_the_chat_goes_on(open_page, given, said):
    page = open_page()
    page.locator("#open-add").click()
    page.locator("#paste").fill(given)
    page.locator("#read").click()
    page.locator("#add-state.error", has_text=said).wait_for(timeout=20_000)
    page.locator("#close-add").click()
    assert "孙晓梅" in ask(page, OFFICER).inner_text()


@pytest.fixture
def read_here(monkeypatch):
    """Lets the app read addresses of this machine, within some seconds."""
    fetch = fetching.fetch

    def read_here(seconds: float = 60) -> None:
        limits = fetching.Limits(seconds=seconds)
        monkeypatch.setattr(fetching, "fetch", lambda url: fetch(url, limits=limits, ways=HERE))

    return read_here


def test_an_address_is_read(open_page, read_here):
    read_here()

    def respond(handler):
        send(handler, ARTICLE.encode("gb18030"), Content_Type="text/html; charset=GBK")

    page = open_page()
    with server(respond) as url:
        add(page, f"{url}/a")
    assert page.locator("#text h1").inner_text() == "图书馆重新开放"
    assert page.locator("#text .about a").get_attribute("href") == f"{url}/a"
    assert "身份证" in ask(page, "怎么办理借书证?").locator(".hit.best").inner_text()


def test_an_address_that_does_not_answer(open_page, read_here):
    read_here(seconds=1)
    page = open_page(locale="en-US")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        page.locator("#open-add").click()
        page.locator("#paste").fill(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        page.locator("#read").click()
        said = "The address took more than 1 s to answer: try it later."
        page.locator("#add-state.error", has_text=said).wait_for(timeout=20_000)
    page.locator("#close-add").click()
    page.locator("#switch-language").click()
    assert "孙晓梅" in ask(page, OFFICER).inner_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "图片"),
        (b"%PDF-1.4\n%nothing", "打不开"),
        (protected_pdf("A secret."), "密码"),
        (pdf([[], []]), "扫描版"),
        ("首页\n新闻\n体育\n相关推荐\n官宣退赛\n官宣退赛\n热点推荐\n".encode(), "没有找到正文"),
        (b"<html><title>App</title><div id=root></div><script>run()</script></html>", "没有文字"),
        (200_000_000, "超过 20 MB"),
    ],
    ids=["picture", "broken", "protected", "scanned", "headlines", "script", "200 MB"],
)
def test_a_file_that_is_no_article(open_page, tmp_path, content, said):
    page = open_page()
    file = tmp_path / "file.bin"
    if isinstance(content, int):
        with file.open("wb") as opened:
            opened.truncate(content)
    else:
        file.write_bytes(content)
    page.locator("#open-add").click()
    page.locator("#file").set_input_files(file)
    page.locator("#add-state.error", has_text=said).wait_for(timeout=20_000)
    page.locator("#close-add").click()
    assert "孙晓梅" in ask(page, OFFICER).inner_text()


def test_a_path_is_never_read(open_page):
    """Not as a text that looks like one, and not as an upload that was never made."""
    page = open_page()
    secret = str(INDEX / "questions.txt")
    add(page, f"{secret} 是一个文件名。")
    assert OFFICER not in page.locator("#text").inner_text()
    error = page.evaluate(
        """(file) => new Promise((resolve) => {
            window.addEventListener('askarticle', (e) => resolve(e.detail.error), {once: true});
            window.askarticleShelf({op: 'add', id: -1, file,
                sid: JSON.parse(sessionStorage.getItem('askarticle.sid'))});
        })""",
        secret,
    )
    assert "上传" in error["zh"] or "no longer here" in error["en"]


def test_nobody_sees_anothers_article(open_page):
    mine, other = open_page(locale="en-US"), open_page(locale="en-US")
    add(mine, LIBRARY)
    other.reload()
    other.locator("#text .sentence").first.wait_for()
    assert "青岛" in other.locator("#text h1").inner_text()
    assert other.locator("#articles option").count() == 1
    assert "buckets" not in ask(other, "What stood between the shelves?").inner_text()


# 5. Starting


def test_suggested_questions_start_and_go_on(open_page):
    page = open_page()
    assert page.locator("#welcome .chip").first.inner_text() == OFFICER
    page.locator("#welcome .chip").first.click()
    turn = page.locator(".turn").first
    turn.locator(".reply").wait_for()
    following = turn.locator(".chip")
    assert 2 <= following.count() <= 3 and OFFICER not in following.all_inner_texts()
    following.first.click()
    page.locator(".turn").nth(1).locator(".hit.best").wait_for()


def test_an_added_article_gets_questions_that_it_answers(open_page):
    page = open_page(locale="en-US")
    assert page.locator("#welcome .chip").first.inner_text() == SPENT  # in the reader's language
    add(page, LIBRARY)
    chips = page.locator("#welcome .chip").all_inner_texts()
    assert "When was the library founded?" in chips
    for question in chips:
        assert ask(page, question).locator(".hit.best").count() == 1


# 6. Keeping


def test_a_reload_keeps_the_conversation_and_the_readers_article(open_page):
    page = open_page(locale="en-US")
    add(page, LIBRARY)
    ask(page, "When was the library founded?")
    page.reload()
    page.locator(".turn .reply").wait_for()
    assert "1901" in page.locator(".turn").inner_text()
    assert page.locator("#text h1").inner_text() == "The Castle Library"
    assert "1901" in page.locator("#text .sentence.first").inner_text()
    page.locator("#new-talk").click()
    assert page.locator(".turn").count() == 0
    page.locator("#open-history").click()
    page.locator("#talks button").first.click()
    assert "1901" in page.locator(".turn").inner_text()
    page.locator("#open-history").click()
    page.locator("#forget").click()
    assert page.evaluate("localStorage.getItem('askarticle.talks')") == "[]"


def test_a_reload_keeps_the_article_and_what_is_asked(open_page):
    page = open_page(locale="en-US")
    add(page, LIBRARY)
    add(page, "The Lighthouse\n\nThe lighthouse was built in 1855. Its keeper lived there alone.\n")
    page.locator("#articles").select_option(label="The Castle Library")
    page.locator("#text h1", has_text="Castle").wait_for()
    page.locator("#scope").select_option("all")
    page.locator("#ask").fill("When was")
    page.reload()
    page.locator("#text h1", has_text="Castle").wait_for()
    assert page.locator("#scope").input_value() == "all"
    assert page.locator("#ask").input_value() == "When was"


def test_a_question_about_an_article_that_is_gone_can_be_asked_of_what_is_here(open_page):
    page = open_page(locale="en-US", viewport=WIDE["viewport"])
    add(page, LIBRARY)
    with page.expect_popup() as opened:
        page.evaluate("open(location.href)")
    other = opened.value
    other.locator("#drop-article").click()
    other.locator("#text h1", has_text="青岛").wait_for()
    assert "no longer here" in ask(page, SPENT).inner_text()
    page.locator("#text h1", has_text="青岛").wait_for()
    assert page.locator("#ask").input_value() == SPENT
    page.locator("#ask").press("Enter")
    page.locator(".turn .hit.best", has_text="300余万元").wait_for()
    page.reload()
    page.locator(".turn .reply").wait_for()
    assert page.locator(".turn").count() == 1


def test_an_article_beyond_those_listed_is_shown(open_page):
    told = [f"The lighthouse number {n} was built by keeper number {n}." for n in range(60)]
    articles = [Article(text, f"Lighthouse {n}") for n, text in enumerate(told)]
    articles[55] = Article(LIBRARY, "The Castle Library")
    app = launch(Retriever.build(articles), port=free_port())
    try:
        page = open_page(app.local_url, locale="en-US")
        ask(page, "When was the library founded?")
        page.locator("#text .sentence.first", has_text="1901").wait_for()
        chosen = page.locator("#articles option:checked")
        assert chosen.inner_text() == "The Castle Library"
    finally:
        app.close(verbose=False)


def test_a_copy_names_its_source(chromium, open_page, bundled):
    article = Article(
        "白鸟每天飞过这条河流。\n\n它们在二月才会回来。", "河", url="https://a.example/b#c"
    )
    app = launch(Retriever.build(article), port=free_port())
    try:
        page = open_page(app.local_url, permissions=["clipboard-read", "clipboard-write"])
        ask(page, "白鸟什么时候回来?").get_by_text(ZH["copy"]).click()
        page.locator("#said", has_text=ZH["copied"]).wait_for()
        copied = page.evaluate("navigator.clipboard.readText()").split("\n")
        text = re.match("“(.*)”$", copied[0])[1]
        start = article.text.index(text)
        assert (
            copied[1].startswith("——《河》第 ")
            and f"（第 {start}–{start + len(text)} 字）" in copied[1]
        )
        assert page.evaluate("decodeURIComponent", copied[2].split("#")[1]) == f":~:text={text}"
        assert copied[2].startswith("https://a.example/b#")
    finally:
        app.close(verbose=False)


def test_a_character_of_two_utf_16_units_is_one(open_page, tmp_path):
    passage = (
        "青岛图书馆负责人𠮷田孙晓梅介绍，图书馆至今仍然向所有人开放，每天都有孩子来看书，"
        "也有老人来借书，什么书都有😀谁都可以进来坐一坐喝一杯茶吧。"
    )
    article = Article(f"“这里的书😀😀大家都能看。”{passage}", "𠮷", url="https://a.example/b")
    start, end = article.text.index(passage), len(article.text)
    retriever, ratings = Retriever.build(article), tmp_path / "rated.jsonl"
    app = launch(retriever, port=free_port(), feedback=ratings)
    try:
        page = open_page(app.local_url, permissions=["clipboard-read", "clipboard-write"])
        turn = ask(page, question := "谁是青岛图书馆的负责人?")
        marks = sorted(retriever.answer(question).hits[0].marks)
        marked = [article.text[a:b] for a, b in marks]
        assert "𠮷" in marked[0]
        for place in (turn.locator(".passage").first, page.locator("#text .sentence.first")):
            assert place.inner_text() == passage
            assert place.locator("mark").all_inner_texts() == marked
        turn.get_by_text(ZH["copy"]).click()
        page.locator("#said", has_text=ZH["copied"]).wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert f"（第 {start}–{end} 字）" in copied
        link = page.evaluate("decodeURIComponent", copied.split("#:~:text=")[1])
        assert link == f"{passage[:16]},{passage[-16:]}"
        turn.get_by_text(ZH["good"], exact=True).click()
        page.locator("#said", has_text=ZH["thanks"]).wait_for()
        [rated] = json.loads(ratings.read_text(encoding="utf-8"))["questions"]
        assert rated["gold"] == [[start, end]]
    finally:
        app.close(verbose=False)


def test_the_conversation_is_exported_as_markdown(open_page):
    page = open_page()
    ask(page, OFFICER)
    ask(page, f"{NOT_SAID} <b>*x*</b>")
    with page.expect_download() as download:
        page.locator("#export").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert f"## {OFFICER}" in text and re.search("> .*孙晓梅", text)
    assert r"\<b\>\*x\*\</b\>" in text and ZH["exported_not_found"] in text
    assert download.value.suggested_filename.endswith(".md")


def test_a_rating_becomes_a_labelled_question(open_page, ratings, bundled):
    page = open_page()
    turn = ask(page, OFFICER)
    turn.get_by_text(ZH["good"], exact=True).click()
    page.locator("#said", has_text=ZH["thanks"]).wait_for()
    turn.locator(f"[aria-pressed=true]:text-is('{ZH['good']}')").wait_for()
    ask(page, NOT_SAID).get_by_text(ZH["bad"], exact=True).click()
    page.locator(f"[aria-pressed=true]:text-is('{ZH['bad']}')").wait_for()
    up, down = [json.loads(line) for line in ratings.read_text(encoding="utf-8").splitlines()]
    [[start, end]] = up["questions"][0]["gold"]
    assert up["questions"][0]["kind"] == "rated" and "孙晓梅" in up["text"][start:end]
    assert up["text"] == down["text"] == bundled.articles[0].text
    assert down["questions"][0]["kind"] == "rated-down" and "gold" not in down["questions"][0]


def test_ratings_say_what_was_found_and_change_nothing_else(open_page, bundled, tmp_path):
    ratings = tmp_path / "rated.jsonl"
    app = launch(bundled, port=free_port(), feedback=ratings)
    try:
        page = open_page(app.local_url, locale="en-US")
        turn = ask(page, NOT_SAID)
        turn.locator("summary").click()
        good, bad = (turn.get_by_text(EN[name], exact=True) for name in ("good", "bad"))
        for button in (good, good, bad, bad, good):  # the second of the same says nothing new
            button.click()
        page.wait_for_function(
            "said => document.querySelector('#said').textContent === said", arg=EN["thanks"]
        )
        assert turn.locator("details").get_attribute("open") is not None
        assert good.evaluate("e => e === document.activeElement")
        add(page, LIBRARY)  # which waits for the ratings
        lines = ratings.read_text(encoding="utf-8").splitlines()
        rated = [json.loads(line)["questions"][0] for line in lines]
        assert [question.get("gold") for question in rated] == [[], None, []]
        turn = ask(page, "When was the library founded?")
        assert turn.get_by_text(EN["copy"]).is_visible()
        assert turn.get_by_text(EN["good"], exact=True).count() == 0
    finally:
        app.close(verbose=False)


# 7. Everyone


def test_the_language_can_be_switched(open_page):
    page = open_page()
    ask(page, NOT_SAID)
    page.locator("#switch-language").click()
    assert EN["not_found"] in page.locator(".turn").inner_text()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#ask").get_attribute("placeholder") == EN["ask"]
    page.reload()
    page.locator(".turn .reply").wait_for()
    assert page.locator("#send").inner_text() == EN["send"]


def test_both_languages_have_the_same_words():
    assert list(ZH) == list(EN)
    for name in ZH:
        assert ZH[name].count("{}") == EN[name].count("{}"), name
        assert ZH[name].strip() and EN[name].strip()


def test_keys_reach_the_question_and_the_passages(open_page):
    page = open_page()
    turn = ask(page, OFFICER)
    page.locator("#article").focus()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "ask"
    at = page.locator("#text .sentence.at")
    for number in (1, 2, 0):
        page.keyboard.press("ArrowDown")
        assert at.inner_text() == turn.locator(".passage").nth(number).inner_text()
    page.keyboard.press("ArrowUp")
    assert at.inner_text() == turn.locator(".passage").nth(2).inner_text()
    page.locator("#ask").fill("a\nb")
    page.keyboard.press("ArrowUp")  # moves in what is typed
    assert at.inner_text() == turn.locator(".passage").nth(2).inner_text()
    page.locator("#turns").focus()
    page.keyboard.press("ArrowUp")  # scrolls
    assert at.inner_text() == turn.locator(".passage").nth(2).inner_text()


def test_keys_reach_every_sentence(open_page):
    page = open_page()
    sentences = page.locator("#text .sentence")
    assert sentences.evaluate_all("all => all.map((e) => e.tabIndex)").count(0) == 1
    sentences.first.focus()
    for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        assert sentences.nth(at).evaluate("e => e === document.activeElement")
    assert sentences.evaluate_all("all => all.map((e) => e.tabIndex)").count(0) == 1
    page.keyboard.press("Enter")
    page.locator("#sentence-menu").get_by_text(ZH["ask_sentence"]).wait_for()
    page.keyboard.press("Escape")
    assert sentences.nth(1).evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_serious_stands_in_the_way_of_anybody(open_page, scheme, size):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(color_scheme=scheme, reduced_motion="reduce", **size)
    seen = [Axe().run(page)]
    turn = ask(page, OFFICER)
    turn.locator("summary").first.click()
    seen.append(Axe().run(page))
    if size is PHONE:
        page.locator("#open-article").click()
    page.locator("#text .sentence").first.click()
    seen.append(Axe().run(page))
    page.keyboard.press("Escape")
    page.locator("#open-add").click()
    seen.append(Axe().run(page))
    found = [
        (violation["id"], node["html"][:200], node.get("failureSummary"))
        for result in seen
        for violation in result.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert found == []
    assert all(len(result.response["passes"]) > 5 for result in seen)


# Bad input


def test_enter_before_the_article_has_come_asks_when_it_has(chromium, served):
    page = chromium.new_context(locale="zh-CN", **WIDE).new_page()
    held = []
    page.route(
        "**/queue/join*",
        lambda route: (
            held.append(route) if "hello" in route.request.post_data else route.continue_()
        ),
    )
    page.goto(served.local_url)
    page.locator("#ask").fill(OFFICER)
    page.locator("#ask").press("Enter")
    assert page.locator("#text .sentence").count() == 0
    held[0].continue_()
    page.locator(".turn .hit.best").wait_for()
    assert page.locator(".turn").count() == 1 and page.locator("#ask").input_value() == ""
    page.context.close()


def test_a_reload_before_the_answer_asks_again(open_page):
    page = open_page()
    ask(page, SPENT)
    page.route("**/queue/join*", lambda route: None)  # never arrives
    page.locator("#ask").fill(OFFICER)
    page.locator("#ask").press("Enter")
    page.locator(".waiting").wait_for()
    page.unroute("**/queue/join*")
    page.reload()
    page.locator(".turn").nth(1).locator(".hit.best").wait_for()
    turns = page.locator(".turn").all_inner_texts()
    assert "300余万元" in turns[0] and "孙晓梅" in turns[1] and len(turns) == 2


def test_a_reload_while_an_article_is_read_waits_for_it(open_page, read_here):
    read_here()
    arrived, go = threading.Event(), threading.Event()

    def respond(handler):
        arrived.set()
        assert go.wait(30)
        send(handler, ARTICLE.encode(), Content_Type="text/html; charset=utf-8")

    page = open_page()
    with server(respond) as url:
        page.locator("#open-add").click()
        page.locator("#paste").fill(url)
        page.locator("#read").click()
        assert arrived.wait(30)
        page.reload()
        page.locator("#said", has_text=ZH["reading"]).wait_for()
        assert "孙晓梅" in ask(page, OFFICER).inner_text()  # typing and asking go on
        go.set()
        page.locator("#text h1", has_text="图书馆重新开放").wait_for()


def two_tabs(open_page):
    """The second is opened by the first, and so begins with a copy of what that one kept."""
    first = open_page(locale="en-US", viewport=WIDE["viewport"])
    ask(first, SPENT)
    with first.expect_popup() as opened:
        first.evaluate("open(location.href)")
    opened.value.locator(".turn .reply").wait_for()
    return first, opened.value


def test_two_tabs_of_one_reader_each_go_on(open_page):
    first, second = two_tabs(open_page)
    add(second, LIBRARY)
    assert "300" in ask(first, SPENT).locator(".hit.best").inner_text()
    second.locator("#new-talk").click()
    assert "1901" in ask(second, "When was the library founded?").inner_text()
    assert "孙晓梅" in ask(first, OFFICER).inner_text()
    for page, count in ((first, 3), (second, 1)):
        assert page.locator(".turn").count() == count
        page.locator("#open-history").click()
        assert page.locator("#talks li").count() == 2


def test_a_late_answer_belongs_to_the_conversation_that_asked(open_page):
    page = open_page()
    held = []
    page.route("**/queue/join*", lambda route: held.append(route), times=1)
    page.locator("#ask").fill(OFFICER)
    page.locator("#ask").press("Enter")
    page.locator(".waiting").wait_for()
    page.locator("#new-talk").click()
    page.locator("#ask").fill(SPENT)  # waits for the other
    page.locator("#ask").press("Enter")
    page.wait_for_function("document.querySelectorAll('.waiting').length === 1")
    held[0].continue_()
    page.locator(".turn .reply").wait_for()
    assert "300余万元" in page.locator(".turn").inner_text()
    page.locator("#open-history").click()
    page.locator("#talks button", has_text=OFFICER).click()
    page.locator(".turn .reply").wait_for()  # it is there, and isn't asked for again
    assert "孙晓梅" in page.locator(".turn").inner_text() and page.locator(".turn").count() == 1


def test_a_conversation_taken_up_while_its_answer_is_on_its_way_asks_once(open_page):
    page = open_page()
    held = []
    page.route("**/queue/join*", lambda route: held.append(route))
    page.locator("#ask").fill(OFFICER)
    page.locator("#ask").press("Enter")
    page.locator(".waiting").wait_for()
    page.locator("#new-talk").click()
    page.locator("#open-history").click()
    page.locator("#talks button").click()
    page.locator(".waiting").wait_for()
    held[0].continue_()
    page.locator(".turn .hit.best").wait_for()
    assert page.locator(".turn").count() == 1 and len(held) == 1
    page.unroute("**/queue/join*")


def test_a_copied_tab_goes_on_in_a_conversation_of_its_own(open_page):
    first, second = two_tabs(open_page)
    ask(first, OFFICER)
    ask(second, "Which city is the district in?")
    second.locator("#open-history").click()
    talks = second.locator("#talks li")
    talks.nth(1).wait_for()
    assert all("2 questions" in text for text in talks.all_inner_texts())
    assert talks.count() == 2
    talks.nth(1).locator("button").click()
    assert "孙晓梅" in second.locator(".turn").nth(1).inner_text()


def test_an_article_in_the_question_box_is_read_as_one(open_page):
    page = open_page(locale="en-US")
    rooms = " ".join(f"In room {n} stand {n * 12} books." for n in range(1, 40))
    page.locator("#ask").fill(LIBRARY + rooms)
    page.locator("#ask").press("Enter")
    page.locator("#add-state", has_text=EN["an_article"]).wait_for()
    assert page.locator(".turn").count() == 0 and page.locator("#ask").input_value() == ""
    page.locator("#read").click()
    page.locator("#text h1", has_text="Castle").wait_for()


def test_a_text_of_more_than_a_million_characters_is_refused(open_page):
    page = open_page()
    page.locator("#open-add").click()
    page.locator("#paste").evaluate("(box) => { box.value = '字'.repeat(1_000_001); }")
    page.locator("#read").click()
    page.locator("#add-state.error", has_text=ZH["too_long"]).wait_for()


def test_enter_that_ends_pinyin_sends_nothing(open_page):
    page = open_page()
    page.locator("#ask").fill("shui")
    for key, count in ((229, 0), (13, 1)):  # Safari has ended the composition by then
        page.locator("#ask").evaluate(
            """(box, keyCode) => box.dispatchEvent(
                new KeyboardEvent('keydown', {key: 'Enter', keyCode, bubbles: true}))""",
            key,
        )
        assert page.locator(".turn").count() == count


@pytest.mark.parametrize("question", ["?!", "。。。", "🙂"])
def test_what_asks_nothing_gets_a_friendly_word_and_the_chat_goes_on(open_page, question):
    page = open_page()
    assert "请用文字提问" in ask(page, question).inner_text()
    assert "孙晓梅" in ask(page, OFFICER).inner_text()


def test_a_browser_that_keeps_nothing_can_ask(chromium, served):
    page = chromium.new_context(locale="zh-CN", **WIDE).new_page()
    page.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, {get() { throw new DOMException('blocked'); }});"""
    )
    page.goto(served.local_url)
    assert "孙晓梅" in ask(page, OFFICER).inner_text()
    page.context.close()


def test_enter_pressed_ten_times_asks_once(open_page):
    page = open_page()
    page.locator("#ask").fill(OFFICER)
    for _ in range(10):
        page.locator("#ask").press("Enter")
    page.locator(".turn .reply").wait_for()
    assert page.locator(".turn").count() == 1


def test_questions_that_follow_each_other_at_once_are_all_answered_in_order(open_page):
    page = open_page()
    for question in (OFFICER, SPENT, NOT_SAID):
        page.locator("#ask").fill(question)
        page.locator("#ask").press("Enter")
    page.wait_for_function("document.querySelectorAll('.turn .reply').length === 3")
    turns = page.locator(".turn").all_inner_texts()
    assert "孙晓梅" in turns[0] and "300余万元" in turns[1] and ZH["not_found"] in turns[2]


def test_a_full_queue_is_said_and_the_question_can_be_asked_again(open_page):
    page = open_page()
    page.route("**/queue/join*", lambda route: route.fulfill(status=429, json={"detail": "full"}))
    turn = ask(page, OFFICER)
    assert ZH["busy"] in turn.inner_text()
    page.unroute("**/queue/join*")
    page.get_by_text(ZH["again"]).click()
    page.locator(".turn .hit.best").wait_for()


def test_a_server_that_is_gone_is_said_so(open_page):
    page = open_page(viewport=WIDE["viewport"])
    for path in ("queue/join*", "config", "app_id"):
        page.route(f"**/{path}", lambda route: route.abort())
    assert ZH["lost"] in ask(page, OFFICER).inner_text()


def test_while_an_answer_is_awaited_the_server_is_looked_after(open_page):
    page = open_page(viewport=WIDE["viewport"])
    page.clock.install()
    page.route("**/queue/join*", lambda route: None)  # never answers
    page.locator("#ask").fill(OFFICER)
    page.locator("#ask").press("Enter")
    page.locator(".waiting").wait_for()
    with page.expect_response("**/app_id"):
        page.clock.run_for(5_100)
    assert page.locator(".waiting").is_visible()  # it is there, only slow
    page.route("**/app_id", lambda route: route.abort())
    with page.expect_request("**/app_id"):
        page.clock.run_for(5_100)
    page.locator(".turn", has_text=ZH["lost"]).wait_for()


def test_a_server_that_wants_the_password_again_loses_no_question(open_page):
    page = open_page(viewport=WIDE["viewport"])
    page.route("**/queue/join*", lambda route: route.fulfill(status=401, json={}), times=1)
    held = []
    page.route("**/config", lambda route: held.append(route), times=1)
    with page.expect_request("**/config"):
        page.locator("#ask").fill(OFFICER)
        page.locator("#ask").press("Enter")
    page.locator("#ask").fill("还有什么")
    held[0].fulfill(status=401, json={})  # the page is loaded again, for the form to log in
    page.locator(".turn .hit.best").wait_for()
    assert page.locator("#ask").input_value() == "还有什么"


def test_fault_25_markup_in_article_and_question_is_text(open_page):
    page = open_page()
    title = page.title()
    add(
        page,
        f"# {MARKUP}\n\n{MARKUP}的作者是孙晓梅。![x](http://elsewhere.example/y.png) **是**。",
    )
    question = f"作者是谁? {MARKUP} ![x](http://elsewhere.example/z.png)"
    turn = ask(page, question)
    assert question in turn.locator(".asked").inner_text()
    page.locator("#open-history").click()
    assert MARKUP in page.locator("#talks").inner_text()
    assert page.locator("#panes img, #panes script").count() == 0
    assert page.title() == title


def test_a_hostile_text_given_exactly_is_shown_exactly(open_page):
    article = Article(
        f"{MARKUP}的作者是孙晓梅。![x](http://elsewhere.example/y.png) **是的**。", MARKUP,
        url="javascript:alert(1)",
    )  # fmt: skip
    app = launch(Retriever.build(article), port=free_port(), examples=[MARKUP])
    try:
        page = open_page(app.local_url)
        turn = ask(page, "作者是谁?")
        assert MARKUP in turn.inner_text() and "**是的**" in page.locator("#text").inner_text()
        assert page.locator("#text h1").inner_text() == MARKUP
        assert page.locator("#panes img, #panes script, #panes [href^=javascript]").count() == 0
    finally:
        app.close(verbose=False)


def test_a_port_that_is_taken(served, bundled):
    with pytest.raises(AskArticleError, match=rf"127\.0\.0\.1:{served.server_port} .*--port"):
        launch(bundled, port=served.server_port)
