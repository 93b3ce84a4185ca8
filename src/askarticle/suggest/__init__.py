"""Questions that an article answers, for readers who don't know what to ask."""

from askarticle.suggest.choosing import Suggestion, questions, suggest

__all__ = ["Suggestion", "questions", "suggest"]
