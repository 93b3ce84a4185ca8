"""What can go wrong, as a small tree.

Each message says what happened, with which value, and what to do next.

AskArticleError
├── ReadError           a source that can't be read as an article
├── QuestionError       a question, or a number of hits, that can't be searched
├── EncoderError        an encoder that can't be loaded or used
└── IndexStoreError     an index folder that can't be read or written
    ├── IndexDamaged    its files are not the ones that were saved
    ├── IndexMismatch   it was made by another encoder, or in another format
    └── IndexLocked     another process is writing it
"""


class AskArticleError(Exception):
    """Base of every error that askarticle raises on purpose."""


class ReadError(AskArticleError):
    """The source can't be read as an article."""


class QuestionError(AskArticleError):
    """The question, or the number of hits asked for, can't be searched."""


class EncoderError(AskArticleError):
    """The encoder can't be loaded or used."""


class IndexStoreError(AskArticleError):
    """The index folder can't be read or written."""


class IndexDamaged(IndexStoreError):
    """The index's files are not the ones that were saved."""


class IndexMismatch(IndexStoreError):
    """The index was made by another encoder, or in another format."""


class IndexLocked(IndexStoreError):
    """Another process is writing this index."""
