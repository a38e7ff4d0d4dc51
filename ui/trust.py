"""`ecg-cases trust`: evaluations of what is said, each with one command. Wiring only."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui import sources

if TYPE_CHECKING:
    from agent import CaseLibrary, Conversation
    from data import Case

_SHOWN = 20  # mistakes that are printed

trust = typer.Typer(help="Does what is said hold? Measurements, drafts, the check, answers, hostile input.", add_completion=False)

PtbXl = Annotated[Path, typer.Argument(metavar="PTB-XL", help="the data set's folder")]
LibraryPath = Annotated[str, typer.Option("--library", metavar="DIR", help="a library of other folds, made by index")]
Folds = Annotated[str, typer.Option(help="folds that ask")]
Count = Annotated[int | None, typer.Option("-n", min=1, help="only so many queries")]
Json = Annotated[bool, typer.Option("--json", help="the same as data, for programs")]
Llm = Annotated[str | None, typer.Option(help="offline, ollama/MODEL, http://host/v1#MODEL or hf:FOLDER")]


@trust.command()
def drafts(root: PtbXl, library: LibraryPath, folds: Folds = "9", n: Count = None, as_json: Json = False, llm: Llm = None) -> None:
    """Draft for every query: what sentences rest on, and the findings' F1 beside sentinels."""
    opened, queries = _opened(library, root, folds, n)
    from agent import draft_summary
    from agent.evaluation.drafts import evaluate
    from ui.opened import language_model

    model = language_model(llm)
    scores = evaluate(opened, queries, write=lambda case, hits: draft_summary(case.record, hits, llm=model))
    _print(scores, [scores.as_lines(), scores.as_labels()], as_json)


@trust.command()
def lies(
    root: PtbXl,
    library: LibraryPath,
    folds: Folds = "9",
    n: Count = None,
    each: Annotated[int, typer.Option(min=1, help="lies of each kind, at least")] = 500,
    as_json: Json = False,
) -> None:
    """Let a scripted language model lie in every way: what the check catches, and what it withholds of the truth."""
    opened, queries = _opened(library, root, folds, n)
    from agent.evaluation.lies import evaluate

    scores = evaluate(opened, queries, each=each)
    shown = [[kind, text] for kind, text in scores.passed[:_SHOWN]] + [[f"true, {why}", text] for why, text in scores.dropped[:_SHOWN]]
    _print(scores, [scores.as_lines(), shown or [["every lie caught, no truth withheld"]]], as_json)


@trust.command()
def measurements(
    root: Annotated[Path, typer.Argument(metavar="LUDB", help="the folder of LUDB 1.0.1")],
    as_json: Json = False,
) -> None:
    """Compare measurements with cardiologists' marks, and with the truth of simulated ECGs."""
    from agent.measurement.study import as_lines, study
    from ui.tables import aligned

    rows = study(root, progress=lambda step: typer.echo(f"{step} ...", err=True))
    typer.echo(json.dumps([asdict(row) for row in rows], indent=2) if as_json else aligned(as_lines(rows)))


@trust.command()
def questions(root: PtbXl, library: LibraryPath, folds: Folds = "9", n: Count = 12, as_json: Json = False, llm: Llm = None) -> None:
    """Ask questions over several turns, of which the right answers are known: offline, or any language model."""
    opened, queries = _opened(library, root, folds, n)
    from agent.evaluation.questions import evaluate
    from ui.opened import language_model

    scores = evaluate(opened, queries, llm=language_model(llm))
    _print(scores, [scores.as_lines(), scores.wrong() or [["every answer was right"]]], as_json)


@trust.command()
def silence(
    root: PtbXl,
    library: LibraryPath,
    folds: Folds = "9",
    n: Count = None,
    each: Annotated[int, typer.Option(min=2, help="strangers of each kind")] = 40,
    learn: Annotated[
        bool, typer.Option("--learn", help="learn the limits from these folds, which the library holds, and keep them")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask with ECGs, with what is no ECG and with broken ECGs: who is refused?"""
    opened, queries = _opened(library, root, folds, n)
    from agent.similarity import decision, study

    def say(step: str) -> None:
        typer.echo(f"{step} ...", err=True)

    if learn:
        score = study.learn(opened, queries, each=each, progress=say)
        decision.keep(score)
        typer.echo(json.dumps(asdict(score), indent=2))
        return
    rows = study.study(opened, queries, each=each, progress=say) + study.lacking(opened.encoder, progress=say)
    from ui.tables import aligned

    typer.echo(json.dumps([asdict(row) for row in rows], indent=2) if as_json else aligned(study.as_lines(rows)))


@trust.command()
def paper(
    root: PtbXl,
    folds: Folds = "9",
    gallery: Annotated[str, typer.Option(help="folds that are searched")] = "1-8",
    n: Count = None,
    seed: Annotated[int, typer.Option(help="of printing and distortions")] = 0,
    as_json: Json = False,
) -> None:
    """Print ECGs, distort the sheets as scanners and phones do, read them again, and look for their cases."""
    from itertools import islice

    from agent.evaluation.paper import as_lines, evaluate
    from data import ptbxl
    from ui import opened
    from ui.tables import aligned

    cases = list(islice(ptbxl.cases(root, folds=sources.fold_numbers(folds)), n))
    searched = list(ptbxl.cases(root, folds=sources.fold_numbers(gallery)))
    rows = evaluate(cases, encoder=opened.encoder(), gallery=searched, seed=seed, progress=lambda step: typer.echo(f"{step} ...", err=True))
    typer.echo(json.dumps([asdict(row) for row in rows], indent=2) if as_json else aligned(as_lines(rows)))


@trust.command()
def hostile(as_json: Json = False) -> None:
    """Put orders into reports, headers and file names, and let a language model obey them: what changes, leaks or reaches HTML."""
    from agent.evaluation.hostile import evaluate
    from ui import opened

    scores = evaluate(opened.encoder(), render=page_html)
    _print(scores, [scores.as_lines(), scores.broken() or [["every attack was repelled"]]], as_json)


def page_html(talk: "Conversation", title: str) -> str:
    """All that the page shows of a conversation about an ECG of this title."""
    from ui import cards
    from ui.chat import Turn

    draft, reply, known = talk.draft, talk.reply, len(talk.cases)
    turns = [Turn("you", title), Turn("problem", title)]
    turns += [Turn("answer", draft.notice, draft.supported, draft.withheld, draft)] if draft else []
    turns += [Turn("answer", reply.notice, [s for s in reply.sentences if s.supported], reply.withheld)] if reply else []
    shown = [cards.turn_html(turn, known) for turn in turns]
    shown += [cards.card_html(number, hit, talk.cases, opened=True) for number, hit in enumerate(talk.cases, 1)]
    record = [cards.sheet_html(talk.record, name=title), cards.warnings_html(talk.record)] if talk.record else []
    return "".join([cards.bar_html(title, {title: 1}, title), *record, *shown])


def _opened(library: str, root: Path, folds: str, n: int | None) -> "tuple[CaseLibrary, list[Case]]":
    from itertools import islice

    from data import ptbxl
    from ui import opened

    return opened.library(library), list(islice(ptbxl.cases(root, folds=sources.fold_numbers(folds)), n))


def _print(result: Any, tables: Sequence[Sequence[Sequence[str]]], as_json: bool) -> None:
    from ui.tables import aligned

    typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2) if as_json else "\n\n".join(map(aligned, tables)))
