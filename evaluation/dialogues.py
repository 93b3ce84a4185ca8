"""How well follow-ups are understood: `python -m evaluation.dialogues`.

`dialogues.jsonl` holds dialogues on the texts of `own.jsonl` and on some of its own, all written
for this project: each turn's question, the ranges of the text that answer, and whether it leans on
what went before. The rule in askarticle/chat.py was tuned on the dialogues of texts with odd
numbers; the others were seen too while it was chosen, so they are no clean held-out set.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from askarticle import Article, Conversation, Reply, Retriever, load_encoder
from askarticle.evaluating.datasets import Question, read
from evaluation.gate import QUESTIONS

DIALOGUES = Path(__file__).with_name("dialogues.jsonl")


@dataclass(frozen=True, slots=True)
class Turn:
    article: str
    question: Question
    leans: bool
    """Whether it can't be understood without what went before."""
    alone: Reply
    reply: Reply

    def right(self, reply: Reply) -> bool:
        return self.question.is_answered_by(reply.hits[0].passage)


def turns() -> Iterator[Turn]:
    """Every turn after a dialogue's first, asked alone and in its conversation."""
    encoder = load_encoder()
    retrievers = {
        item.id: Retriever.build(item.article, encoder=encoder) for item in read(QUESTIONS)
    }
    for line in DIALOGUES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "text" in row:
            article = Article(row["text"])
            retrievers[row["article"]] = Retriever.build(article, encoder=encoder)
            continue
        retriever = retrievers[row["article"]]
        conversation = Conversation(retriever)
        for number, turn in enumerate(row["turns"]):
            gold = tuple((start, end) for start, end in turn["gold"])
            question = Question(turn["question"], "turn", gold)
            reply = conversation.ask(question.text)
            alone = retriever.answer(question.text)
            if number:
                yield Turn(row["article"], question, turn["carried"], alone, reply)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list the turns that went wrong")
    options = parser.parse_args()
    asked = list(turns())
    for name, odd in (("tuned on", 1), ("the others", 0)):
        half = [turn for turn in asked if int(turn.article[-2:]) % 2 == odd]
        leaning = [turn for turn in half if turn.leans]
        complete = [turn for turn in half if not turn.leans]
        print(
            f"{name}: {len(leaning)} follow-ups: right first hits alone "
            f"{sum(t.right(t.alone) for t in leaning)}, in conversation "
            f"{sum(t.right(t.reply) for t in leaning)}, carried "
            f"{sum(bool(t.reply.carried) for t in leaning)}; {len(complete)} complete questions: "
            f"{sum(t.right(t.alone) for t in complete)}, "
            f"{sum(t.right(t.reply) for t in complete)}, wrongly given a topic "
            f"{sum(bool(t.reply.carried) for t in complete)}"
        )
    for turn in asked if options.misses else ():
        if not turn.right(turn.reply) or bool(turn.reply.carried) != turn.leans:
            marks = "".join("-+"[turn.right(reply)] for reply in (turn.alone, turn.reply))
            print(
                marks,
                turn.article,
                turn.question.text,
                "|",
                turn.reply.carried,
                "→",
                turn.reply.hits[0].passage.text[:40],
            )


if __name__ == "__main__":
    main()
