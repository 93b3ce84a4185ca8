"""Small PDF, DOCX, EPUB and MHTML files for the tests: no library writes them, but for the last."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

Placed = tuple[float, float, float, str]
"""Left edge, baseline and size in points, and the text of one line."""


def pdf(pages: Sequence[Iterable[Placed]], *, kids: Sequence[int] = (), info: str = "") -> bytes:
    """A PDF whose pages hold lines of text; `kids` lists its pages by number, to repeat some."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",  # the page tree, when the pages are known
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [5 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >>",
        f"<< {info} >>".encode(),
    ]
    first = len(objects) + 1
    for page in pages:
        drawn = "\n".join(_drawn(*line) for line in page).encode("cp1252")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font"
            b" << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>" % (len(objects) + 2)
        )
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn))
    listed = kids or range(len(pages))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (
        len(listed),
        b" ".join(b"%d 0 R" % (first + 2 * number) for number in listed),
    )
    return pdf_file(objects, b"/Root 1 0 R /Info 6 0 R")


def pdf_file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    """The file of these objects, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )
    return bytes(out)


def protected_pdf(text: str) -> bytes:
    """A PDF that opens with a password only."""
    encrypt = (
        b"<< /Filter /Standard /V 1 /R 2 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> /P -4 >>"
    )
    return pdf([[(72, 700, 11, text)]]).replace(
        b"trailer\n<< ", b"trailer\n<< /ID [<00> <00>] /Encrypt " + encrypt
    )


def _drawn(left: float, baseline: float, size: float, text: str) -> str:
    if all(ord(char) < 256 or char in "“”‘’–—•" for char in text):
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font, string = "F1", f"({escaped})"
    else:
        font, string = "F2", f"<{text.encode('utf-16-be').hex()}>"
    return f"BT /{font} {size} Tf {left} {baseline} Td {string} Tj ET"


def zipped(files: dict[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<w:styles {WORD}>
<w:style w:styleId="a3"><w:name w:val="Title"/></w:style>
<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>"""
CORE = """<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Draft 3</dc:title>
<dc:creator>李梅</dc:creator><dcterms:created>2026-03-02T08:15:00Z</dcterms:created>
</cp:coreProperties>"""


def docx(body: str, *, core: str = CORE, start: str = "") -> bytes:
    """A Word document with this XML in its body."""
    document = f"{start}<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": document,
            "word/styles.xml": STYLES,
            "docProps/core.xml": core,
        }
    )


def paragraph(text: str, style: str = "") -> str:
    """The XML of one paragraph, in a style by its id."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def epub(chapters: dict[str, str], **more: str) -> bytes:
    """A book of these XHTML chapters, in their order."""
    items = "".join(f'<item id="{i}" href="{name}"/>' for i, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="{i}"/>' for i in range(len(chapters)))
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>两年</dc:title>'
        "<dc:creator>Ada Quill</dc:creator><dc:date>2026-03-02</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip"}
    files |= {"META-INF/container.xml": container, "OEBPS/book.opf": package}
    files |= {f"OEBPS/{name}": text for name, text in chapters.items()}
    return zipped(files | more)


def mhtml(*pages: str, subject: str = "", location: str = "", charset: str = "utf-8") -> bytes:
    """These pages and a picture in one file, as browsers save a page with its frames."""
    saved = MIMEMultipart("related", type="text/html")
    saved["From"], saved["Subject"] = "<Saved by Blink>", subject
    saved["Snapshot-Content-Location"] = location
    for part in (*(MIMEText(page, "html", charset) for page in pages), MIMEImage(b"", "png")):
        part["Content-Location"] = f"{location}#frame"
        saved.attach(part)
    return saved.as_bytes()
