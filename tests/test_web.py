"""The chat: in a real Chromium on the real index, and its endpoint through Gradio's client."""

import os
import re
import shutil

import pytest
from conftest import free_port

from askarticle import Article, AskArticleError, Retriever
from askarticle.web import launch
from askarticle.web.render import Page, language
from askarticle.web.words import CHINESE, ENGLISH, words_for

OFFICER = "谁是青岛二十六中教育集团的负责人?"
SPENT = "How much did the district spend on group-based schooling in 2023?"
MARKUP = '<img src="http://elsewhere.example/x.png" onerror="document.title=1"><script>1</script>'


@pytest.fixture(scope="module")
def served(bundled):
    """A running chat on the bundled article."""
    app = launch(bundled, port=free_port(), examples=[OFFICER, SPENT])
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


@pytest.fixture
def open_page(chromium):
    """Opens a page; afterwards no request may have left this machine."""
    requests, contexts = [], []

    def open_page(address: str, **options):
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.goto(address)
        page.locator("#question textarea").wait_for()
        return page

    yield open_page
    for context in contexts:
        context.close()
    elsewhere = [
        url for url in requests if not re.match(r"(http|ws)://127\.0\.0\.1:|data:|blob:", url)
    ]
    assert requests and elsewhere == []


def highlighted(page) -> str:
    return page.locator("#article .sentence:target").inner_text(timeout=5000)


def ask(page, question: str):
    """Ask, and wait for the reply; returns its element."""
    replies = page.locator("#chat .bot-row")
    count = replies.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    replies.nth(count).wait_for()
    return replies.nth(count)


@pytest.mark.browser
def test_a_chinese_reader_asks_who(served, open_page):
    page = open_page(served.local_url, locale="zh-CN")
    reply = ask(page, OFFICER)
    first = reply.locator(".hit").first
    assert "孙晓梅" in first.locator(".passage").inner_text()
    assert first.locator(".place a").inner_text() == "第 4 段"
    assert "孙晓梅" in first.locator("mark").inner_text()
    assert reply.locator(".hit").count() == 3
    assert page.locator("#question textarea").input_value() == ""


@pytest.mark.browser
def test_an_english_reader_asks_the_chinese_article(served, open_page):
    page = open_page(served.local_url, locale="en-US")
    reply = ask(page, SPENT)
    assert "300余万元" in reply.inner_text()
    assert re.search(r"Paragraph \d", reply.inner_text())
    assert page.locator("#question textarea").get_attribute("placeholder") == ENGLISH.ask


@pytest.mark.browser
def test_a_citation_leads_to_its_sentence(served, open_page):
    page = open_page(served.local_url, locale="zh-CN", viewport={"width": 1280, "height": 800})
    reply = ask(page, OFFICER)
    text = reply.locator(".passage").nth(1).inner_text()
    reply.locator(".place a").nth(1).click()
    target = page.locator("#article .sentence:target")
    assert target.inner_text() == text
    page.wait_for_function(
        "e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= 800",
        arg=target.element_handle(),
    )
    assert page.evaluate("window.scrollY") == 0  # only the article scrolls


@pytest.mark.browser
def test_the_best_sentence_is_shown_in_the_article_at_once(served, open_page):
    page = open_page(served.local_url, locale="zh-CN", viewport={"width": 1280, "height": 800})
    ask(page, OFFICER)
    page.locator("#article .sentence:target").wait_for()
    before = highlighted(page)
    assert "孙晓梅" in before
    for question in ("怎么做红烧肉?", "?!"):  # what isn't found shows nothing new
        ask(page, question)
        assert highlighted(page) == before


@pytest.mark.browser
def test_what_the_article_doesnt_say(served, open_page):
    page = open_page(served.local_url, locale="zh-CN")
    reply = ask(page, "怎么做红烧肉?")
    assert CHINESE.not_found in reply.inner_text() and reply.locator(".hit").count() == 3


@pytest.mark.browser
@pytest.mark.parametrize("question", ["?!", "。。。", "🙂"])
def test_what_asks_nothing_gets_a_friendly_word_and_the_chat_goes_on(served, open_page, question):
    page = open_page(served.local_url, locale="zh-CN")
    assert CHINESE.cannot_ask in ask(page, question).inner_text()
    assert "孙晓梅" in ask(page, OFFICER).inner_text()


@pytest.mark.browser
def test_an_example_can_be_clicked(served, open_page):
    page = open_page(served.local_url, locale="zh-CN")
    page.get_by_text(OFFICER).click()
    page.locator("#chat .bot-row").wait_for()
    assert "孙晓梅" in page.locator("#chat .bot-row .hit").first.inner_text()


@pytest.mark.browser
def test_on_a_phone_nothing_is_wider_than_the_screen(served, open_page):
    page = open_page(served.local_url, locale="zh-CN", viewport={"width": 390, "height": 844})
    ask(page, OFFICER)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.browser
def test_fault_25_markup_in_article_and_question_is_text(open_page):
    article = Article(
        f"{MARKUP}的作者是孙晓梅。![x](http://elsewhere.example/y.png) **是的**。", MARKUP
    )
    app = launch(Retriever.build(article), port=free_port(), examples=[MARKUP])
    try:
        page = open_page(app.local_url, locale="zh-CN")
        title = page.title()
        reply = ask(page, f"作者是谁? {MARKUP} ![x](http://elsewhere.example/z.png)")
        assert MARKUP in reply.inner_text() and "**是的**" in page.locator("#article").inner_text()
        assert MARKUP in page.locator("#chat .user-row").inner_text()
        assert page.locator("#article h1").inner_text() == MARKUP
        assert page.locator("#panes img, #panes script").count() == 0
        assert page.title() == title
    finally:
        app.close(verbose=False)


def test_the_endpoint_for_programs(served):
    from gradio_client import Client

    client = Client(served.local_url, verbose=False)
    hits = client.predict(OFFICER, 2, api_name="/retrieve")
    assert [hit["rank"] for hit in hits] == [1, 2] and "孙晓梅" in hits[0]["text"]
    assert len(client.predict(question=OFFICER, api_name="/retrieve")) == 3
    with pytest.raises(Exception, match="from 1 up"):
        client.predict(OFFICER, 0, api_name="/retrieve")
    with pytest.raises(Exception, match="at most 10,000"):
        client.predict("问" * 100_000, api_name="/retrieve")
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/retrieve", "/answer"]


def test_a_port_that_is_taken(served, bundled):
    with pytest.raises(AskArticleError, match=rf"127\.0\.0\.1:{served.server_port} .*--port"):
        launch(bundled, port=served.server_port)


def test_every_sentence_of_the_article_is_on_the_page_once(bundled):
    html = Page(bundled).articles()
    ids = re.findall(r'id="(s0-\d+)"', html)
    assert ids == [f"s0-{n}" for n in range(len(bundled.passages(bundled.articles[0])))]
    assert html.count("<p>") == html.count("</p>") == 7


def test_several_articles_are_named_in_their_hits(words):
    articles = [Article("白鸟飞过河流。", "甲 & 乙"), Article("A white bird. It flies.", "B")]
    retriever = Retriever.build(articles, encoder=words)
    html = Page(retriever).reply(retriever.answer("白鸟"), CHINESE)
    assert "甲 &amp; 乙" in html and 'href="#s0-0"' in html and 'href="#s1-0"' in html


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", CHINESE),
        ("en-GB,en;q=0.9,zh;q=0.1", ENGLISH),
        ("fr, zh-TW", CHINESE),
        ("", ENGLISH),
    ],
)
def test_the_words_of_a_browser(header, words):
    assert words_for(header) is words


def test_what_is_found_is_never_called_unlikely():
    assert ENGLISH.confidence(0.25) == "possible · 25%"  # the balanced threshold
    assert ENGLISH.confidence(0.249) == "unlikely · 25%"
    assert CHINESE.confidence(0.5) == "很可能 · 50%"


def test_language():
    assert [language(text) for text in ("一句话", "A sentence", "iPhone 16很贵", "")] == [
        "zh", "en", "zh", "en",
    ]  # fmt: skip
