"""What the page remembers: its conversations, each about one ECG or about none. No Streamlit here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from data import EcgCasesError, EcgRecord
from ui.unconfirmed import Unconfirmed

if TYPE_CHECKING:
    from agent import Conversation, Draft, Sentence


@dataclass(frozen=True)
class Turn:
    """One thing said. `problem` is a refusal, in one line."""

    who: Literal["you", "answer", "problem"]
    text: str = ""
    sentences: Sequence["Sentence"] = ()
    withheld: Sequence["Sentence"] = ()
    draft: "Draft | None" = None


@dataclass
class Consultation:
    """One conversation with its history as shown.

    Parameters
    ----------
    waiting : what is not answered yet: questions, and "" for the draft. It outlives an interrupted run of the page
    """

    conversation: "Conversation"
    title: str = "Search by words"
    record: EcgRecord | None = None
    turns: list[Turn] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def answer(self) -> Iterator[Sequence["Sentence"]]:
        """Answer the first that waits; after every sentence, all sentences so far. At the end the answer, or a refusal, is a turn."""
        so_far: list[Sentence] = []
        try:
            for sentence in self._ask(self.waiting[0]) if self.waiting[0] else self._draft():
                so_far.append(sentence)
                yield so_far
        except EcgCasesError as refusal:
            self.turns.append(Turn("problem", str(refusal)))
        self.waiting.pop(0)

    def _draft(self) -> Iterator["Sentence"]:
        assert self.record is not None
        yield from self.conversation.drafting(self.record)
        draft = self.conversation.draft
        assert draft is not None
        self.turns.append(Turn("answer", draft.notice, draft.supported, draft.withheld, draft))

    def _ask(self, question: str) -> Iterator["Sentence"]:
        yield from self.conversation.stream(question)
        reply = self.conversation.reply
        assert reply is not None
        said = [sentence for sentence in reply.sentences if sentence.supported]
        self.turns.append(Turn("answer", reply.notice if said else reply.text, said, reply.withheld))


@dataclass
class Session:
    """Everything one browser tab has seen: past conversations stay readable.

    Parameters
    ----------
    start : makes a new conversation with the library
    read : turns uploaded files into an ECG
    """

    start: Callable[[], "Conversation"]
    read: Callable[[Mapping[str, bytes]], EcgRecord]
    consultations: list[Consultation] = field(default_factory=list)
    chosen: int = -1  # index of the one on screen
    sheet: Unconfirmed | None = None  # of paper, that waits for a person to confirm it

    @property
    def here(self) -> Consultation:
        """The conversation on screen; the first one begins without an ECG."""
        if not self.consultations:
            self.consultations.append(Consultation(self.start()))
        return self.consultations[self.chosen]

    def receive(self, text: str = "", files: Mapping[str, bytes] | None = None) -> None:
        """Take what was typed and dropped.

        An ECG begins a new conversation, a sheet of paper when it is confirmed; what cannot be read becomes a refusal in this one.
        """
        if files and (sheet := Unconfirmed.among(files)):
            self.sheet = sheet
        elif files:
            name = ", ".join(files)
            try:
                self.open(self.read(files), name)
            except EcgCasesError as refusal:
                self.here.turns += [Turn("you", name), Turn("problem", str(refusal))]
        if text:
            self.here.turns.append(Turn("you", text))
            self.here.waiting.append(text)

    def open(self, record: EcgRecord, title: str) -> None:
        """Begin a new conversation about an ECG, and show it; one in which nothing was said makes room."""
        kept = [one for one in self.consultations if one.turns]
        self.consultations = [*kept, Consultation(self.start(), title, record, [Turn("you", title)], [""])]
        self.chosen = len(kept)
        self.sheet = None

    def lay(self, name: str, content: bytes) -> None:
        """Put a picture of a sheet before the person."""
        self.sheet = Unconfirmed(name, content)

    def confirmed(self, record: EcgRecord) -> None:
        """Begin a conversation about the sheet's ECG."""
        assert self.sheet is not None
        self.open(record, self.sheet.name)

    def leave_sheet(self) -> None:
        """Forget the sheet that waits."""
        self.sheet = None
