"""Prose as it is written, sentence by sentence."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from agent.evidence import Sentence, split_sentences


class Prose:
    """Text that comes in pieces. A sentence counts as whole when the next one has begun, as citations may follow its full stop."""

    def __init__(self) -> None:
        self._text, self._done = "", 0

    def add(self, piece: str) -> list[str]:
        """The sentences that this piece makes whole."""
        self._text += piece
        opened = self._text.rfind("“")
        told = self._text if opened < 0 or "”" in self._text[opened:] else self._text[:opened]  # a quotation may hold full stops
        *whole, _ = split_sentences(told) or [""]
        fresh = whole[self._done :]
        self._done = max(self._done, len(whole))
        return fresh

    def rest(self) -> list[str]:
        """What is left when nothing more comes; the last of it may break off."""
        return split_sentences(self._text)[self._done :]


def written(pieces: Iterable[str], judge: Callable[[str], Sentence]) -> Iterator[Sentence]:
    """Judged sentences of a language model's prose, each as soon as it is whole; words that break off are not supported."""
    prose = Prose()
    for piece in pieces:
        yield from map(judge, prose.add(piece))
    yield from (broken_off(judge(text)) for text in prose.rest())


def broken_off(sentence: Sentence) -> Sentence:
    """The last sentence of a stream, withheld where it has no end."""
    if not sentence.supported or re.search(r"[.!?:;)\]”\"]$", sentence.text):
        return sentence
    return replace(sentence, supported=False, reason="it breaks off")
