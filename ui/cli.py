"""The command line. Wiring only: each command reads its arguments, calls one thing, and prints."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from data import EcgCasesError
from ui import sources
from ui.trust import trust


class _OneLine(TyperGroup):
    """Refusals and wrong usage are one line on stderr and exit code 2."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except EcgCasesError as refusal:
            message = str(refusal)
        except BrokenPipeError:  # whoever read the output has seen enough
            sys.exit(0)
        except OSError as error:
            if error.strerror is None:  # no disk said so: a fault of the program, to be seen whole
                raise
            name = Path(str(error.filename)).name if error.filename else "a file"
            message = f"{name} cannot be used ({error.strerror}): check that it is there and that you may use it"
        except typer.TyperException as wrong:
            message = f"{wrong.format_message()} (see ecg-cases --help)"
        except (typer.Abort, KeyboardInterrupt):
            sys.exit(130)
        else:
            sys.exit(code if isinstance(code, int) else 0)
        typer.echo("ecg-cases: " + " ".join(message.split()), err=True)
        sys.exit(2)


app = typer.Typer(cls=_OneLine, pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False)
app.add_typer(trust, name="trust")

LibraryPath = Annotated[str, typer.Option("--library", metavar="DIR", help="the library's folder, or http://host:port of a Chroma server")]
Llm = Annotated[str | None, typer.Option(help="offline, ollama/MODEL, http://host/v1#MODEL or hf:FOLDER")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="of the page, on 127.0.0.1")]
Start = Annotated[Path | None, typer.Option(metavar="FILE", help="safetensors of an ImageNet DeiT-tiny to start from")]
Teacher = Annotated[Path | None, typer.Option(metavar="FILE", help="safetensors of ecg_resnet1d to learn superclasses from")]
Unscaled = Annotated[Path | None, typer.Option(metavar="DIR", help="further PTB-XL ECGs, of which the size is not known")]
Weights = Annotated[Path | None, typer.Option("--encoder", metavar="DIR", help="a checkpoint other than the one that ships")]


@app.callback()
def _about() -> None:
    """Have we seen this ECG before, and what did we write then? Similar ECG cases with a cited draft. Research use, not a diagnosis."""


@app.command()
def demo(
    library: Annotated[Path | None, typer.Option(metavar="DIR", help="where the demo library is kept")] = None,
    port: Port = 8501,
    llm: Llm = None,
) -> None:
    """Make a library of simulated cases, print the draft for one ECG, and serve the chat."""
    from ui import demo, serve

    folder, draft = demo.prepare(library, llm)
    typer.echo(draft)
    serve.chat(str(folder), port=port, llm=llm)


@app.command()
def chat(library: LibraryPath, port: Port = 8501, llm: Llm = None, encoder: Weights = None) -> None:
    """Serve the chat at 127.0.0.1."""
    from ui import serve

    serve.chat(library, port=port, llm=llm, encoder=encoder)


@app.command()
def download(
    data_set: Annotated[str, typer.Argument(metavar="ptb-xl", help="the data set")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where to keep it")],
    rate: Annotated[int | None, typer.Option(help="only the recordings at 100 or at 500 Hz")] = None,
) -> None:
    """Fetch a data set, resumable, every checksum verified."""
    typer.echo(f"{data_set} is in {sources.download(data_set, folder, rate=rate)}")


@app.command()
def index(
    source: Annotated[str, typer.Argument(help="demo, simulated:N, the folder of PTB-XL, or any folder of ECGs")],
    library: LibraryPath,
    folds: Annotated[str, typer.Option(help="of PTB-XL, as 1-8 or 1,2,9")] = "1-8",
    rate: Annotated[int, typer.Option(help="of PTB-XL, 100 or 500 Hz")] = 100,
    encoder: Weights = None,
) -> None:
    """Add the cases of a source to a library; what is there already stays."""
    cases = sources.cases(source, folds=folds, rate=rate)
    from agent import CaseLibrary
    from encoders import load_encoder
    from ui.indexing import fill

    typer.echo(fill(CaseLibrary.create(library, encoder=load_encoder(encoder)), cases))


@app.command()
def query(
    ecg: Annotated[Path, typer.Argument(metavar="ECG", help="a file of any known format; of WFDB the .hea")],
    library: LibraryPath,
    k: Annotated[int, typer.Option("-k", "--k", min=1, max=1000, help="how many cases")] = 10,
    text: Annotated[str | None, typer.Option(help="words that the reports should match too")] = None,
    sex: Annotated[str | None, typer.Option(help="F or M")] = None,
    min_age: Annotated[float | None, typer.Option(help="years")] = None,
    max_age: Annotated[float | None, typer.Option(help="years")] = None,
    having: Annotated[list[str] | None, typer.Option("--with", metavar="CODE", help="SCP code that the report must state, as AFIB")] = None,
    lacking: Annotated[list[str] | None, typer.Option("--without", metavar="CODE", help="SCP code that it must not")] = None,
    source: Annotated[str | None, typer.Option(help="only cases of this source, as ptb-xl")] = None,
    patient: Annotated[str | None, typer.Option(metavar="ID", help="leave this patient's cases out")] = None,
    start: Annotated[float, typer.Option(min=0, help="second at which the ten seconds begin, in a longer recording")] = 0.0,
    rate: Annotated[float | None, typer.Option(help="samples per second, for a table that does not say")] = None,
    unit: Annotated[str | None, typer.Option(help="mV or uV, for a table that does not say")] = None,
    layout: Annotated[str | None, typer.Option(help="of a sheet of paper, as 3x4+II, 6x2, 12x1 or '3x4 cabrera'")] = None,
    speed: Annotated[float | None, typer.Option(min=1, help="of a sheet of paper, mm/s")] = None,
    gain: Annotated[float | None, typer.Option(min=1, help="of a sheet of paper, mm/mV")] = None,
    page: Annotated[int | None, typer.Option(min=1, help="of a PDF")] = None,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="I have seen by `sheets` what was read, and it is right")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the same as data, for programs")] = False,
    llm: Llm = None,
    encoder: Weights = None,
) -> None:
    """Measure an ECG, find the closest cases, and draft a cited summary."""
    from data import read_ecg
    from data.paper.stated import Stated

    sheet = Stated(layout=layout, speed=speed, gain=gain, page=page, confirmed=confirmed)
    record = read_ecg(ecg, start=start, fs=rate, unit=unit, sheet=sheet)
    from agent import CaseLibrary, draft_summary, measure
    from encoders import load_encoder
    from ui import answer, opened

    model = load_encoder(encoder)
    where = answer.conditions(sex=sex, min_age=min_age, max_age=max_age, having=having, lacking=lacking, source=source)
    hits = CaseLibrary.open(library, encoder=model).search(ecg=record, text=text, k=k, where=where, exclude_patient=patient)
    draft = draft_summary(record, hits, llm=opened.language_model(llm))
    found = answer.Found(ecg.name, record, measure(record), hits, draft)
    typer.echo(json.dumps(found.as_data(), ensure_ascii=False, indent=2) if as_json else found.as_text())


@app.command()
def sheets(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="pictures and PDFs of printed ECGs")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="where a page for each goes: what was recognised, and the ECG redrawn")],
) -> None:
    """Read sheets of paper, and show for each what was recognised, for a person to judge."""
    from ui import tables
    from ui.sheets import read_folder

    typer.echo(tables.aligned(read_folder(folder, out)))


@app.command()
def inspect(
    ecg: Annotated[Path, typer.Argument(metavar="ECG", help="a file of any known format; of WFDB the .hea")],
    start: Annotated[float, typer.Option(min=0, help="second at which the part begins")] = 0.0,
    rate: Annotated[float | None, typer.Option(help="samples per second, for a table that does not say")] = None,
    unit: Annotated[str | None, typer.Option(help="mV or uV, for a table that does not say")] = None,
    keep_id: Annotated[bool, typer.Option("--keep-id", help="show the patient's id")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="the same as data, for programs")] = False,
) -> None:
    """Show what is understood of a file, and what had to be assumed."""
    from data.readers import read_ecg
    from data.understood import as_text, understood

    facts = understood(read_ecg(ecg, start=start, seconds=None, fs=rate, unit=unit, keep_id=keep_id))
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else as_text(facts))


@app.command()
def convert(
    ecgs: Annotated[list[Path], typer.Argument(metavar="ECG...", help="files of any known format; of WFDB the .hea")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="where the files go")],
    to: Annotated[str, typer.Option(help="wfdb, csv or dicom")] = "wfdb",
    rate: Annotated[float | None, typer.Option(help="samples per second, for a table that does not say")] = None,
    unit: Annotated[str | None, typer.Option(help="mV or uV, for a table that does not say")] = None,
    keep_id: Annotated[bool, typer.Option("--keep-id", help="keep the patient's id; names are never kept")] = False,
) -> None:
    """Keep whole recordings as WFDB, CSV or DICOM."""
    from data.convert import save
    from data.readers import read_ecg

    for ecg in ecgs:
        record = read_ecg(ecg, seconds=None, fs=rate, unit=unit, keep_id=keep_id)
        typer.echo(", ".join(map(str, save(record, out / ecg.name, to))))


@app.command()
def train(
    root: Annotated[Path, typer.Argument(metavar="PTB-XL", help="the data set's folder")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="where the checkpoint goes")],
    start: Start = None,
    unscaled: Unscaled = None,
    teacher: Teacher = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="passes over the ECGs")] = None,
    text_epochs: Annotated[int | None, typer.Option(min=0, help="passes over the reports before; 0 leaves the text model as it is")] = None,
    text_model: Annotated[str | None, typer.Option(metavar="DIR", help="another sentence-transformers folder to start from")] = None,
    masked_epochs: Annotated[
        int | None, typer.Option(min=0, help="in which what is hidden of ECGs is drawn, before labels are seen")
    ] = None,
    changes: Annotated[str | None, typer.Option(metavar="NAMES", help="other settings, as 'mixup'; see the command study")] = None,
    folds: Annotated[str, typer.Option(help="as 1-8 or 1,2,9")] = "1-8",
    seed: Annotated[int, typer.Option(help="the same seed gives the same weights")] = 0,
    picture: Annotated[str, typer.Option(help="what an ECG is painted as; see the command study")] = "strip",
    watch: Annotated[int | None, typer.Option(metavar="FOLD", help="a fold to measure retrieval on as training goes")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on from the last finished epoch")] = False,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; by default a GPU where there is one")] = None,
) -> None:
    """Train the encoder on PTB-XL and on simulated ECGs."""
    chosen = sources.fold_numbers(folds)
    from encoders.canvas import Canvas
    from encoders.study import changed
    from encoders.train import Training, train

    asked: dict[str, Any] = {"epochs": epochs, "text_epochs": text_epochs, "text_model": text_model, "masked_epochs": masked_epochs}
    how = changed(Training(folds=tuple(chosen), seed=seed), changes.split(",") if changes else [])
    how = replace(how, **{name: value for name, value in asked.items() if value is not None})
    files = {"start": start, "unscaled": unscaled, "teacher": teacher}
    folder = train(root, out, how, canvas=Canvas(picture=picture), **files, watched=watch, resume=resume, device=device)
    typer.echo(f"checkpoint in {folder}")


@app.command("train-lettering")
def train_lettering(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="safetensors to write")],
    fonts: Annotated[Path, typer.Option(metavar="DIR", help="a folder of font files, searched through")],
    pages: Annotated[int, typer.Option(min=1, help="drawn to learn from")] = 540,
) -> None:
    """Train the small network that reads lead names and scales on sheets of paper."""
    from encoders.lettering import train

    files = sorted(path for path in fonts.rglob("*") if path.suffix in (".ttf", ".otf"))
    typer.echo(f"written to {train(out, files, pages=pages, say=lambda step: typer.echo(step, err=True))}")


@app.command()
def study(
    root: Annotated[Path, typer.Argument(metavar="PTB-XL", help="the data set's folder")],
    changes: Annotated[str | None, typer.Option(metavar="NAMES", help="as 'unchanged,page,no teacher'; by default all")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="passes over the ECGs, for each training")] = 6,
    seeds: Annotated[int, typer.Option(min=1, help="trainings with each change, which differ in their draws")] = 3,
    folds: Annotated[str, typer.Option(help="that are learned from and searched, as 1-8")] = "1-8",
    asked: Annotated[int, typer.Option(metavar="FOLD", help="the fold that asks")] = 9,
    start: Start = None,
    unscaled: Unscaled = None,
    teacher: Teacher = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="keep the checkpoints, to go on from after an interruption")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the same as data, for programs")] = False,
) -> None:
    """What pays? Train with one thing changed at a time, pictures among them, over the sentence encoder that ships."""
    learned = sources.fold_numbers(folds)
    from encoders.encoder import shipped
    from encoders.settings import Training
    from encoders.study import CHANGES, as_lines, compare
    from ui import tables

    how = Training(folds=tuple(learned), epochs=epochs, warmup_epochs=epochs / 20, text_epochs=0, text_model=str(shipped() / "text"))
    names = changes.split(",") if changes else list(CHANGES)
    files: dict[str, Any] = {"start": start, "unscaled": unscaled, "teacher": teacher}
    rows = compare(
        root, how, names, seeds=range(seeds), asked=asked, **files, out=out, progress=lambda step: typer.echo(f"{step} ...", err=True)
    )
    typer.echo(json.dumps([asdict(row) for row in rows], indent=2) if as_json else tables.aligned(as_lines(rows)))


@app.command()
def evaluate(
    root: Annotated[Path, typer.Argument(metavar="PTB-XL", help="the data set's folder")],
    gallery: Annotated[str, typer.Option(help="folds that are searched")] = "1-8",
    queries: Annotated[str, typer.Option(help="folds that ask")] = "9",
    reports: Annotated[bool, typer.Option("--reports", help="how well reports are understood, instead of retrieval")] = False,
    conventions: Annotated[bool, typer.Option("--conventions", help="what PTB-XL's coding makes of findings, and how often")] = False,
    elsewhere: Annotated[Path | None, typer.Option(metavar="DIR", help="ask with this folder's ECGs, labelled by their reports")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="the same as data, for programs")] = False,
    encoder: Weights = None,
) -> None:
    """Measure retrieval on PTB-XL, beside chance, random weights, a spectrum and the ceilings."""
    folds = {"gallery": sources.fold_numbers(gallery), "queries": sources.fold_numbers(queries)}
    if reports or conventions:
        _evaluate_reports(root, developed=folds["gallery"], asked=folds["queries"], conventions=conventions, as_json=as_json)
        return
    from data import folder
    from encoders import load_encoder
    from encoders.evaluate import Elsewhere, Evaluation, evaluate, evaluate_elsewhere
    from ui import tables

    def say(step: str) -> None:
        typer.echo(f"{step} ...", err=True)

    result: Elsewhere | Evaluation
    if elsewhere:
        result = asked = evaluate_elsewhere(root, folder.cases(elsewhere), load_encoder(encoder), gallery=folds["gallery"], progress=say)
        table = tables.elsewhere(asked)
    else:
        result = whole = evaluate(root, load_encoder(encoder), **folds, progress=say)
        table = tables.evaluation(whole)
    typer.echo(json.dumps(result.as_data(), ensure_ascii=False, indent=2) if as_json else table)


def _evaluate_reports(root: Path, *, developed: Sequence[int], asked: Sequence[int], conventions: bool, as_json: bool) -> None:
    from data import ptbxl
    from data.findings.evaluation import CodedReport, evaluate_reports
    from data.findings.evidence import evidence
    from ui import report_tables

    coded = [CodedReport(row.report, frozenset(row.statements), row.fold) for row in ptbxl.rows(root)]
    if conventions:
        typer.echo(report_tables.conventions(evidence(coded, developed=developed, asked=asked), developed, asked))
        return
    understood = evaluate_reports(coded, developed=developed, asked=asked, progress=lambda step: typer.echo(f"{step} ...", err=True))
    typer.echo(json.dumps(understood.as_data(), ensure_ascii=False, indent=2) if as_json else report_tables.evaluation(understood))


@app.command()
def bench(
    vectors: Annotated[int, typer.Option(min=100, help="rows in the collection that is searched")] = 40_000,
    encoder: Weights = None,
) -> None:
    """Measure what searching and indexing cost over the encoder and over Chroma."""
    from agent.bench import bench
    from encoders import load_encoder
    from ui import tables

    typer.echo(tables.costs(bench(load_encoder(encoder), n_vectors=vectors, progress=lambda step: typer.echo(f"{step} ...", err=True))))


def main() -> None:
    """The command `ecg-cases`."""
    app()
