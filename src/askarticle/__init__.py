"""Ask questions about an article; get the passages that answer, marked in it. Offline.

    import askarticle

    article = askarticle.read("page.html")
    retriever = askarticle.Retriever.build(article)
    for hit in retriever.retrieve("谁负责这个项目?", k=3):
        print(f"{hit.confidence:.2f}", hit.passage.text)

Importing this loads no model and no framework; the first encoding does.
"""

from askarticle.article import Article, Removed
from askarticle.chat import Conversation
from askarticle.encoder import Encoder, load_encoder
from askarticle.errors import (
    AskArticleError,
    EncoderError,
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexStoreError,
    QuestionError,
    ReadError,
)
from askarticle.passages import Passage
from askarticle.reading import read, read_text
from askarticle.reply import Hit, Reply
from askarticle.retriever import Retriever, retrieve

__all__ = [
    "Article",
    "AskArticleError",
    "Conversation",
    "Encoder",
    "EncoderError",
    "Hit",
    "IndexDamaged",
    "IndexLocked",
    "IndexMismatch",
    "IndexStoreError",
    "Passage",
    "QuestionError",
    "ReadError",
    "Removed",
    "Reply",
    "Retriever",
    "load_encoder",
    "read",
    "read_text",
    "retrieve",
]
