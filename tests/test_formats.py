"""What people have: encodings, Markdown, PDF, Word, EPUB, standard input; told by content."""

import io
import sys
from email.message import EmailMessage

import pytest
from conftest import PAGE
from documents import docx, epub, mhtml, paragraph, pdf
from test_reading import BODY, WEB_PAGE, bundled_body

from askarticle import ReadError, cli, read, read_text
from askarticle.reading.decode import decode
from askarticle.reading.markdown import is_markdown

TRADITIONAL = (
    "臺北市立圖書館經過兩年整修,將於下週一重新開放,新增座位四十個。\n"
    "館長李梅說:「讀者可以憑身分證免費辦理借書證。」開放時間為早上九點到晚上八點。\n"
)
SIMPLIFIED = (
    "市图书馆经过两年修缮，将于下周一重新向读者开放，新增座位四十个。\n"
    "馆长李梅说：“读者可以凭身份证免费办理借书证。”开放时间为早九点到晚八点。\n"
)
ENGLISH = "“Don’t panic,” said the café’s owner – it costs 5 € or £4.\nThe naïve étude is over.\n"
TWINS = [
    *((SIMPLIFIED, name) for name in ("gb2312", "gbk", "gb18030", "utf-8-sig", "utf-32")),
    *((TRADITIONAL, name) for name in ("big5", "cp950", "big5hkscs", "gb18030")),
    *((ENGLISH, name) for name in ("cp1252", "utf-8")),
    *(
        (text, name)
        for text in (SIMPLIFIED, TRADITIONAL, ENGLISH)
        for name in ("utf-16", "utf-16-le", "utf-16-be")
    ),
]


@pytest.mark.parametrize("declared", ["", "utf-8", "gbk", "big5", "iso-8859-1", "shift_jis", "hex"])
@pytest.mark.parametrize(("text", "encoding"), TWINS)
def test_fault_14_the_text_is_that_of_its_utf8_twin_whatever_is_declared(text, encoding, declared):
    assert decode(text.encode(encoding), charset=declared) == (text, [])
    page = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'
    assert decode(page.encode(encoding)) == (page, [])


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "utf-16-le", "utf-16-be", "utf-32"])
def test_fault_14_the_bundled_page_in_any_encoding(encoding):
    content = PAGE.read_text(encoding="utf-8").encode(encoding, "ignore")
    assert read(content).text == bundled_body()


@pytest.mark.parametrize("size", [5, 8])
def test_fault_14_a_few_characters_are_enough(size):
    for text, encoding in ((SIMPLIFIED, "gb18030"), (TRADITIONAL, "cp950")):
        starts = [text[i : i + size] for i in range(0, 48, 4)]
        assert [decode(start.encode(encoding))[0] for start in starts] == starts


def test_fault_14_a_declared_encoding_of_another_language_is_believed():
    text = "これは長い文です。東京の図書館。"
    assert decode(text.encode("shift_jis"), charset="Shift_JIS")[0] == text


def test_fault_15_invalid_bytes_are_counted_in_any_encoding():
    for encoding in ("utf-8", "gb18030", "cp950"):
        text = (TRADITIONAL if encoding == "cp950" else SIMPLIFIED) * 5
        content = text.encode(encoding)
        line = content.index(b"\n") + 1
        got, warnings = decode(content[:line] + b"\xff\n" + content[line:])
        assert got.replace("\ufffd\n", "", 1) == text
        assert [warning.split()[:3] for warning in warnings] == [["1", "invalid", "bytes"]]


def test_fault_15_a_character_cut_at_the_end_is_left_out():
    for encoding in ("utf-8", "gb18030"):
        text = SIMPLIFIED.strip()[:-1]
        got, warnings = decode(text.encode(encoding)[:-1])
        assert got == text[:-1] and "incomplete" in warnings[0]


MARKDOWN = """# 图书馆重新开放

市图书馆经过**两年**修缮,
将于[下周一](https://example.org/x)重新开放。

## Opening hours

- From *nine* to five
- Closed on `Sundays`

3. Bring a card
4. Pay **one** euro<!-- not two -->

> A quiet room ![a door](door.png)
> is new.

| Day | Desks |
|-----|------:|
| Mon | 40 |

```
code = "stays"
```
"""


def test_markdown_becomes_plain_text_with_headings_lists_and_tables():
    article = read(MARKDOWN.encode())
    assert article.title == "图书馆重新开放"
    assert article.text.split("\n") == [
        "市图书馆经过两年修缮,将于下周一重新开放。",
        "Opening hours",
        "From nine to five",
        "Closed on Sundays",
        "3. Bring a card",
        "4. Pay one euro",
        "A quiet room a door is new.",
        "Day | Desks",
        "Mon | 40",
        'code = "stays"',
    ]
    assert article.removed == [(1, "图书馆重新开放", "title")]


def test_markdown_as_it_is():
    assert read_text(MARKDOWN, clean=False).text == MARKDOWN


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_fields_before_markdown(line_end):
    fields = '---\ntitle: "Library opens"\nauthor: Ada Quill\ndate: 2026-03-02\n---\n'
    text = fields + f"{BODY[0]}\n\n{BODY[1]}\n"
    article = read_text(text.replace("\n", line_end))
    assert (article.title, article.author) == ("Library opens", "Ada Quill")
    assert (article.date, article.text) == ("2026-03-02", "\n".join(BODY[:2]))


README = f"""<p align="center"><img src="logo.png" alt=""></p>

# Pebble

[![build](https://example.org/b.svg)](https://example.org/b) [![size](s.svg)](https://example.org)

{BODY[0]}

<details><summary>Why?</summary>

{BODY[1]}

</details>
"""


def test_markdown_that_begins_with_a_tag_and_has_badges():
    article = read_text(README)
    assert (article.title, article.text) == ("Pebble", "\n".join([BODY[0], "Why?", BODY[1]]))
    assert [removed[1:] for removed in article.removed] == [
        ("Pebble", "title"),
        ("build size", "menu"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *BODY,
        "# 1 in the charts for two weeks, it sold well.",
        "#图书馆#今天重新开放了,#读书#",
        "- From nine to five\n- Closed on Sundays\n* new *",
        "---\nA scene.\n---\nAnother scene.",
        "2 * 3 * 4 is 24, and 2 ** 3 is 8; a[1](2) is a call.",
        PAGE.read_text(encoding="utf-8"),
    ],
)
def test_a_plain_text_is_no_markdown(text):
    assert not is_markdown(text)


def page_of_pdf(
    number: int, lines: list[tuple[float, str]]
) -> list[tuple[float, float, float, str]]:
    """A page with a running head, a foot with its number, and lines at these heights."""
    return [
        (72, 800, 9, "Town News, 2 March 2026"),
        *((72.0, y, 11.0, text) for y, text in lines),
        (280, 30, 9, f"Page {number} of 3"),
    ]


PDF = pdf(
    [
        [
            *page_of_pdf(1, [])[:1],
            (72, 760, 22, "Library opens"),
            (
                72,
                715,
                11,
                "The library on Mill Street opens again on Monday after two years of repa-",
            ),
            (
                72,
                701,
                11,
                "irs to its roof. Readers will find forty new desks, a quiet room and a kit-",
            ),
            (72, 687, 11, "chen where coffee costs one euro."),
            (
                72,
                660,
                11,
                "“We have missed the noise of the children,” said Ada Quill, who has worked",
            ),
            *page_of_pdf(1, [])[1:],
        ],
        page_of_pdf(
            2,
            [
                (750, "there since 1998."),
                (720, "市图书馆经过两年修缮，将于下周一重新向读者开放，新增座位四"),
                (706, "十个。馆长李梅说，读者可以凭身份证免费办理借书证，开放时间"),
                (692, "为早九点到晚八点。"),
                (665, "1. Bring a card"),
                (651, "2. Pay one euro"),
            ],
        ),
        page_of_pdf(3, [(750, "The kitchen is open until five.")]),
    ],
    info="/Title (report_final_v3.indd) /Author (Ada Quill) /CreationDate (D:20260302081500Z)",
)


def test_a_pdf_gives_paragraphs_across_lines_and_pages():
    article = read(PDF)
    assert article.text.split("\n") == [
        BODY[0] + " " + BODY[1],
        "“We have missed the noise of the children,” said Ada Quill, who has worked "
        "there since 1998.",
        "市图书馆经过两年修缮，将于下周一重新向读者开放，新增座位四十个。馆长李梅说，"
        "读者可以凭身份证免费办理借书证，开放时间为早九点到晚八点。",
        "1. Bring a card",
        "2. Pay one euro",
        "The kitchen is open until five.",
    ]


def test_a_pdfs_running_heads_and_page_numbers_are_removed_with_reasons():
    removed = [(line, reason) for _, line, reason in read(PDF).removed]
    head = ("Town News, 2 March 2026", "header")
    assert removed.count(head) == 3 and ("Library opens", "title") in removed
    assert [line for line, reason in removed if reason == "footer"] == [
        f"Page {number} of 3" for number in (1, 2, 3)
    ]
    kept = read(PDF, keep=[1])
    assert kept.text.startswith(head[0]) and len(kept.removed) == len(removed) - 1
    assert read(PDF, clean=False).removed == []


def test_what_a_pdf_says_of_itself():
    article = read(PDF)
    assert (article.title, article.author) == ("Library opens", "Ada Quill")
    assert article.date == "2026-03-02"
    page = [(72, 700, 11, "Annual report"), (72, 650, 11, BODY[0])]
    assert read(pdf([page], info="/Title (Annual report)")).title == "Annual report"


def test_in_a_pdf_a_dash_or_a_figure_at_a_lines_start_begins_no_item():
    lines = [
        "The library on Mill Street cost the town, in the end, far more than planned",
        "- about 3 million euros - and it opens again on Monday with a kitchen, and",
        "3.5 times as many desks as it had before. The old roof is gone now; it was",
        "mended twice.",
        "Its rules are:",
        "- Nobody enters",
        "- Nobody leaves",
    ]
    page = [(72.0, 750.0 - 14 * row, 11.0, line) for row, line in enumerate(lines)]
    assert read(pdf([page])).text.split("\n") == [" ".join(lines[:4]), *lines[4:]]


def test_a_pdf_without_repeats_keeps_all_but_its_page_number():
    lines = [(72, 800, 9, "Town News"), (72, 700, 11, BODY[0]), (300, 30, 9, "- 7 -")]
    article = read(pdf([lines]))
    assert article.text.split("\n") == ["Town News", BODY[0]]
    assert article.removed == [(3, "- 7 -", "footer")]


def test_a_word_document():
    table = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in (("姓名", "座位"), ("李梅", "40"))
    )
    body = (
        paragraph("图书馆重新开放", "a3")
        + paragraph("Opening hours", "1")
        + "<w:p><w:r><w:t>The library </w:t></w:r><w:hyperlink><w:r><w:t>opens</w:t></w:r>"
        "</w:hyperlink><w:del><w:r><w:delText>closes</w:delText></w:r></w:del><w:r><w:tab/><w:t>"
        "on Monday.</w:t><w:br/><w:t>Pay one euro.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr>"
        "<w:t>secret</w:t></w:r></w:p>" + f"<w:tbl>{table}</w:tbl>"
    )
    article = read(docx(body))
    assert (article.title, article.author) == ("图书馆重新开放", "李梅")
    assert article.date == "2026-03-02"
    assert article.text.split("\n") == [
        "Opening hours",
        "The library opens on Monday.",
        "Pay one euro.",
        "姓名 | 座位",
        "李梅 | 40",
    ]


def test_a_book_is_read_in_the_order_of_its_chapters():
    chapter = "<html><head><title>x</title></head><body><h1>{}</h1><p>{}</p></body></html>"
    book = epub(
        {"b.xhtml": chapter.format("One", BODY[0]), "a.xhtml": chapter.format("2", BODY[1])}
    )
    article = read(book)
    assert (article.title, article.author, article.date) == ("两年", "Ada Quill", "2026-03-02")
    assert article.text.split("\n") == ["One", BODY[0], "2", BODY[1]]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
def test_a_page_saved_as_one_file(charset):
    frame = f"<html><body>{'<p>Buy this wonderful thing today. It is cheap.</p>' * 9}</body></html>"
    location = "https://example.org/library"
    content = mhtml(WEB_PAGE, frame, subject="图书馆", location=location, charset=charset)
    article = read(content)
    assert (article.text, article.title) == ("\n".join(BODY), "Library opens")
    assert (article.url, article.warnings) == (location, [])
    assert {"Mayor resigns", "Home"} <= {removed.line for removed in article.removed}
    untitled = mhtml(f"<p>{BODY[0]}</p><p>{BODY[1]}</p>", subject="图书馆", location="file:///C:/a")
    article = read(untitled.replace(b"\n", b"\r\n"))
    assert (article.text, article.title) == ("\n".join(BODY[:2]), "图书馆")
    assert article.url == ""


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_a_mail(encoding):
    mail = EmailMessage()
    mail["Subject"] = "图书馆重新开放"
    mail.set_content("\n\n".join([*BODY, SIMPLIFIED]), cte=encoding)
    wanted = [*BODY, *SIMPLIFIED.split("\n")]
    kept = read(mail.as_bytes())
    assert [line for line in [kept.title, *kept.text.split("\n")] if line] == [
        "图书馆重新开放",
        *filter(None, wanted),
    ]
    mail.add_alternative(WEB_PAGE, subtype="html", cte=encoding)
    mail.add_attachment(bytes(99), maintype="image", subtype="png")
    assert read(mail.as_bytes()).text == "\n".join(BODY)


def test_what_begins_as_a_mail_does_is_a_text():
    text = f"From: Anna\nTo: Tom\nAbout MIME-Version: nothing\n\n{BODY[0]}"
    assert read(text.encode()).text == text


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.pdf", "a.docx", "a", "a.exe"])
def test_kinds_are_told_by_content_whatever_the_name(name, tmp_path):
    for content, text in (
        (WEB_PAGE.encode(), "\n".join(BODY)),
        (docx(paragraph(BODY[0])), BODY[0]),
        (BODY[0].encode(), BODY[0]),
    ):
        (tmp_path / name).write_bytes(content)
        assert read(tmp_path / name).text == text


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WEB_PAGE.encode("utf-16"))))
    article = read("-")
    assert (article.text, article.source) == ("\n".join(BODY), "standard input")


def test_the_command_reads_standard_input(monkeypatch, tmp_path, capsys):
    for arguments in (
        ["ask", "How much is the coffee?", "--source", "-", "-k", "1"],
        ["index", "-", "--out", str(tmp_path / "index")],
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WEB_PAGE.encode())))
        assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    assert "coffee costs one euro" in out and "1 article(s), 3 passages" in out


def test_an_empty_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(ReadError, match=r"standard input .* it is empty"):
        read("-")
