"""The arguments of every command. `handlers` maps command names to what carries them out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Handler = Callable[[argparse.Namespace], int]
Commands = Any


def _path(text: str) -> Path:
    """A path; an empty one, as an unset variable gives, is not taken for the working folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty path")
    if "://" in text:
        said = f"{text} is an address; object stores are to be mounted as folders (docs/scale.md)"
        raise argparse.ArgumentTypeError(said)
    return Path(text)


_EVAL_ABOUT = """Measures a run against gold files. `eval annotate DOCUMENT` begins a gold file from
a run; `eval agreement DIR` measures another reader's gold of the same documents."""


class _Version(argparse.Action):
    """Looked up only when asked for: the metadata of packages take a moment to read."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(f"dossier {version('dossier')}")
        parser.exit()


def build_parser(handlers: Mapping[str, Handler]) -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="dossier", description="Documents to a database you can trust."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _run, _estimate, _batch, _replies, _ledger, _ground, _explain, _export, _report,
        _runs, _diff, _eval, _prompts, _review, _sql,
    ):  # fmt: skip
        add(commands, handlers)
    return parser


def _run(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    run = commands.add_parser("run", help="bring the database up to date with the documents")
    _add_inputs(run, "recorded")
    _add_run_options(run)
    said = (
        "run on a cluster: ray starts one here, ray=auto or ray=HOST:PORT joins one (docs/scale.md)"
    )
    run.add_argument("--engine", metavar="ray[=ADDRESS]", help=said)
    run.set_defaults(handler=handlers["run"])


def _estimate(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    estimate = commands.add_parser(
        "estimate", help="calls, tokens and money that a run with the same options would take"
    )
    _add_inputs(estimate, "recorded")
    _add_run_options(estimate)
    estimate.set_defaults(handler=handlers["estimate"])


def _add_run_options(run: argparse.ArgumentParser) -> None:
    add = run.add_argument
    add("--replies", type=Path, metavar="DIR", help="replies (default tests/fixtures/replies)")
    add("--concurrency", type=int, metavar="N", help="calls at once (default 16)")
    add("--max-calls", type=int, metavar="N", help="stop after so many calls, exit 4")
    add("--max-cost", type=float, metavar="USD", help="never spend more; exit 4")
    _add_prices(run)
    add("--rpm", type=int, metavar="N", help="at most N requests a minute")
    add("--tpm", type=int, metavar="N", help="at most N tokens a minute")
    add(
        "--timeout", dest="timeout_s", type=float, metavar="SECONDS", help="for one HTTP call (120)"
    )
    modes = ("schema", "tools", "json")
    said = "how the endpoint takes the schema (default: found out)"
    add("--endpoint-mode", dest="mode", choices=modes, help=said)
    add("--keep", type=int, metavar="N", help="how many runs stay in OUT/runs (default 5)")
    said = "publish this run even if it knows less than the published one"
    add("--accept", action="store_true", default=None, help=said)
    said = "keep the run beside the published one, for `dossier diff`"
    add("--unpublished", action="store_true", default=None, help=said)
    said = "ask again for refused, empty and broken answers of earlier runs"
    add("--retry-failed", action="store_true", default=None, help=said)
    _add_second_reading(run)
    add("--json", action="store_true", help="print one JSON object on stdout")


def _add_second_reading(run: argparse.ArgumentParser) -> None:
    said = (
        "ask the model which names and claims are one, where weights cannot tell (default: recorded"
        " replies only)"
    )
    run.add_argument("--ask-model", action=argparse.BooleanOptionalAction, help=said)
    said = (
        "folder of judgements and of the register of ids (default data/decisions, or OUT/decisions)"
    )
    run.add_argument("--decisions", type=_path, metavar="DIR", help=said)
    said = "ask everything N times, and count how many answers agree on each value (default 1)"
    run.add_argument("--repeats", type=int, metavar="N", help=said)
    said = "send the sentences that no record rests on once more"
    run.add_argument("--second-look", action="store_true", default=None, help=said)
    said = "ask a model whether the quotes say what the records claim; what they do not is doubted"
    run.add_argument("--second-reading", action="store_true", default=None, help=said)
    said = "the model of the second reading (default: the same)"
    run.add_argument("--second-model", metavar="NAME", help=said)


def _batch(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    batch = commands.add_parser(
        "batch", help="requests to a batch file or the Batch API, answers from there"
    )
    actions = batch.add_subparsers(title="actions", metavar="ACTION", required=True)
    export = actions.add_parser(
        "export", help="write the requests not answered yet, in the Batch API's format"
    )
    _add_inputs(export, None)
    export.add_argument(
        "--file", type=Path, metavar="FILE", help="default OUT/batch/requests.jsonl"
    )
    _add_second_reading(export)
    export.set_defaults(handler=handlers["batch_export"])
    submit = actions.add_parser(
        "submit", help="send the requests not answered yet to the Batch API"
    )
    _add_inputs(submit, None)
    _add_second_reading(submit)
    submit.set_defaults(handler=handlers["batch_submit"], file=None)
    collect = actions.add_parser("collect", help="take the answers of batches that have ended")
    _add_out(collect)
    collect.set_defaults(handler=handlers["batch_collect"])
    importing = actions.add_parser(
        "import", help="take the answers of a batch's output file into the ledger"
    )
    importing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    _add_out(importing)
    importing.set_defaults(handler=handlers["batch_import"])


def _replies(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    replies = commands.add_parser("replies", help="recorded replies")
    actions = replies.add_subparsers(title="actions", metavar="ACTION", required=True)
    save = actions.add_parser(
        "save", help="write a model's replies from the ledger as readable files"
    )
    save.add_argument("folder", type=Path, metavar="DIR")
    _add_inputs(save, None)
    _add_second_reading(save)
    save.set_defaults(handler=handlers["replies_save"])


def _ledger(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    ledger = commands.add_parser(
        "ledger", help="the file of all replies: what is in it, whether it is whole"
    )
    actions = ("stats", "verify", "vacuum", "show", "export", "import")
    said = "export and import: to and from the replies of a cluster, the folder OUT/ledger there"
    ledger.add_argument("action", choices=actions, help=said)
    said = "of `show` a reply's request_key; of export and import the folder"
    ledger.add_argument("key", nargs="?", metavar="KEY|DIR", help=said)
    _add_out(ledger)
    ledger.set_defaults(handler=handlers["ledger"])


def _ground(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    ground = commands.add_parser("ground", help="where quotes stand in a document")
    ground.add_argument("document", type=Path, metavar="FILE")
    ground.add_argument(
        "quotes",
        type=Path,
        metavar="QUOTES.jsonl",
        help='lines {"quote": "..."}; - for standard input',
    )
    ground.set_defaults(handler=handlers["ground"])


def _explain(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    explain = commands.add_parser("explain", help="from a record or entity back to its sentences")
    explain.add_argument("id", nargs="?", metavar="ID")
    _add_out(explain)
    explain.set_defaults(handler=handlers["explain"])


def _export(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    about = "records as JSON lines for `git diff`, or all views as Parquet and CSV for other tools"
    export = commands.add_parser("export", help=about)
    said = "a file of JSON lines a document, or tables with their dictionary and network"
    export.add_argument("--format", choices=("jsonl", "tables"), default="jsonl", help=said)
    said = "where to (default OUT/export, for tables OUT/package)"
    export.add_argument("--to", dest="folder", type=_path, metavar="DIR", help=said)
    said = "the run, as of diff (default: published)"
    export.add_argument("--run", default="published", metavar="RUN", help=said)
    _add_out(export)
    export.set_defaults(handler=handlers["export"])


def _report(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    about = "one HTML file to look at and to show: pictures, tables, names and sentences"
    report = commands.add_parser("report", help=about)
    said = "the file to write (default OUT/report.html)"
    report.add_argument("--to", dest="file", type=_path, metavar="FILE", help=said)
    said = "write the pictures as SVG and PNG too"
    report.add_argument("--figures", type=_path, metavar="DIR", help=said)
    said = "the run, as of diff (default: published)"
    report.add_argument("--run", default="published", metavar="RUN", help=said)
    report.add_argument("--subject", type=Path, metavar="DIR", help="as of run")
    _add_out(report)
    report.set_defaults(handler=handlers["report"])


def _runs(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    runs = commands.add_parser("runs", help="the kept runs, the newest first")
    runs.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    _add_out(runs)
    runs.set_defaults(handler=handlers["runs"])


def _diff(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    about = "what changed from run A to run B, value by value, with the sentences of both"
    diff = commands.add_parser("diff", help=about)
    said = "a run's id or its beginning, a database file, previous, latest or published"
    diff.add_argument("one", nargs="?", metavar="A", help=f"{said} (default: published)")
    diff.add_argument("other", nargs="?", metavar="B", help="likewise (default: latest)")
    said = "a rerun of A: what changes there too is tagged as noise"
    diff.add_argument("--control", metavar="A2", help=said)
    diff.add_argument("--format", choices=("term", "md", "html", "json"), default="term")
    diff.add_argument("--subject", type=Path, metavar="DIR", help="as of run")
    diff.add_argument("--decisions", type=_path, metavar="DIR", help="folder of decisions")
    _add_out(diff)
    diff.set_defaults(handler=handlers["diff"])


def _eval(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    about = "how good a run is, measured against gold"
    evaluate = commands.add_parser("eval", help=about, description=_EVAL_ABOUT)
    said = "a run as of diff (default: published); annotate DOCUMENT; agreement DIR"
    evaluate.add_argument("words", nargs="*", metavar="RUN", help=said)
    said = "folder of gold files (default: data/gold)"
    evaluate.add_argument("--gold", type=Path, metavar="DIR", default=Path("data/gold"), help=said)
    said = "a run to compare with: what exceeds chance is said"
    evaluate.add_argument("--compare", metavar="RUN2", help=said)
    said = "exit with 1 if the figure is below X; may be given several times"
    evaluate.add_argument("--min", action="append", type=_threshold, metavar="FIGURE=X", help=said)
    said = "exit with 1 if a figure fell below the one kept in FILE"
    evaluate.add_argument("--baseline", type=_path, metavar="FILE", help=said)
    said = "write the figures to the file of --baseline instead"
    evaluate.add_argument("--update-baseline", action="store_true", help=said)
    said = "list what was left out, invented and given wrong"
    evaluate.add_argument("--list", action="store_true", help=said)
    evaluate.add_argument("--format", choices=("term", "md", "json"), default="term")
    said = "annotate: the run to begin from (default: published)"
    evaluate.add_argument("--run", metavar="RUN", help=said)
    said = "annotate: the file to write (default: in the folder of gold)"
    evaluate.add_argument("--to", type=_path, metavar="FILE", help=said)
    evaluate.add_argument("--subject", type=Path, metavar="DIR", help="as of run")
    _add_out(evaluate)
    evaluate.set_defaults(handler=handlers["eval"])


def _prompts(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    prompts = commands.add_parser("prompts", help="check the prompts, or see exactly what is sent")
    actions = prompts.add_subparsers(title="actions", metavar="ACTION", required=True)
    lint = actions.add_parser("lint", help="what is wrong with the prompts, and how large they are")
    show = actions.add_parser("show", help="the messages and the schema of one request")
    show.add_argument("task", metavar="TASK", help="a prompt's name, such as agreements")
    show.add_argument("document", type=_path, metavar="DOCUMENT", help="a file")
    said = "which passage of the document (default 1)"
    show.add_argument("--passage", type=int, default=1, metavar="N", help=said)
    for parser in (lint, show):
        parser.add_argument("--subject", type=Path, metavar="DIR", help="as of run")
        said = "folder of changed prompts, taken instead of those of the same name"
        parser.add_argument("--prompts", type=_path, metavar="DIR", help=said)
    lint.set_defaults(handler=handlers["prompts_lint"])
    show.set_defaults(handler=handlers["prompts_show"])


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.isidentifier()):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE")
    return name, value


def _threshold(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not FIGURE=NUMBER") from None


def _review(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    review = commands.add_parser(
        "review", help="what waits for a person, and a person's word on it"
    )
    _add_between(review, None)
    orders = ("risk", "document", "field")
    said = "what comes first (default: the riskiest)"
    review.add_argument("--order", choices=orders, default="risk", help=said)
    review.set_defaults(handler=handlers["review"])
    actions = review.add_subparsers(title="actions", metavar="ACTION")
    _add_queue(actions, handlers)
    merge = actions.add_parser(
        "merge", help="which names and claims are one: list what is asked, show, judge, take back"
    )
    merge.add_argument(
        "words",
        nargs="*",
        metavar="ID",
        help="a question, or two entities; then same, different or unsure",
    )
    merge.add_argument(
        "--why", default="", metavar="TEXT", help="the reason, kept with the judgement"
    )
    merge.add_argument("--undo", metavar="JUDGEMENT", help="take a judgement back")
    _add_between(merge)
    merge.set_defaults(handler=handlers["review_merge"])


def _add_queue(actions: Commands, handlers: Mapping[str, Handler]) -> None:
    """The commands about what changed between two runs."""
    after = actions.add_parser("next", help="the riskiest change that waits for a decision")
    after.add_argument("--most", type=int, default=1, metavar="N", help="show N of them")
    _add_between(after)
    after.add_argument("--json", action="store_true", help="one JSON object on stdout")
    after.set_defaults(handler=handlers["review_next"])
    check = actions.add_parser(
        "check", help="whether all changes are decided and all decisions still stand"
    )
    check.add_argument("--max-undecided", type=int, default=0, metavar="N", help="(default 0)")
    _add_between(check)
    check.add_argument("--json", action="store_true", help="one JSON object on stdout")
    check.set_defaults(handler=handlers["review_check"])
    taking = actions.add_parser("apply", help="decide: one change, or the lines of a file")
    taking.add_argument("what", metavar="ID|FILE", help="a change, or a file of JSON lines")
    taking.add_argument(
        "verdict", nargs="?", help="accept, reject, correct, flag or note", metavar="VERDICT"
    )
    taking.add_argument("--value", metavar="TEXT", help="the corrected value")
    taking.add_argument("--quote", metavar="TEXT", help="the document's words that support it")
    taking.add_argument("--why", default="", metavar="TEXT", help="kept with the decision")
    _add_between(taking)
    taking.set_defaults(handler=handlers["review_apply"])
    serving = actions.add_parser("serve", help="the review as a page in a browser on this machine")
    said = "(default: one that is free)"
    serving.add_argument("--port", type=int, default=0, metavar="N", help=said)
    _add_between(serving)
    serving.set_defaults(handler=handlers["review_serve"])
    undo = actions.add_parser("undo", help="take a decision back")
    undo.add_argument("decision", metavar="DECISION")
    undo.add_argument("--why", default="", metavar="TEXT", help="kept with it")
    _add_between(undo)
    undo.set_defaults(handler=handlers["review_undo"])


def _add_between(parser: argparse.ArgumentParser, default: str | None = argparse.SUPPRESS) -> None:
    """Which runs; without a `default` the options of the command above hold."""
    add = parser.add_argument
    add("--from", dest="one", default=default, metavar="A", help="the run before (as of diff)")
    add("--to", dest="other", default=default, metavar="B", help="the run after (as of diff)")
    add("--control", default=default, metavar="A2", help="a rerun of A (as of diff)")
    add("--subject", type=Path, default=default, metavar="DIR", help="as of run")
    said = "instead of changes, N supported values that did not change, drawn at random"
    add("--sample", type=int, default=default, metavar="N", help=said)
    said = "instead of changes, the values that not every repeated answer gives (run --repeats N)"
    add("--unsteady", action="store_true", default=default, help=said)
    said = "of the drawing (default 1): a seed always draws the same"
    add("--seed", type=int, default=default, metavar="S", help=said)
    said = "folder of decisions"
    add("--decisions", type=_path, default=default, metavar="DIR", help=said)
    said = "where the database and ledger are (default data/out)"
    add("--out", type=_path, default=default, metavar="DIR", help=said)


def _sql(commands: Commands, handlers: Mapping[str, Handler]) -> None:
    sql = commands.add_parser(
        "sql", help="query the database, read-only; without a query, a prompt"
    )
    sql.add_argument("query", nargs="?", metavar="QUERY")
    sql.add_argument("--format", choices=("table", "csv", "json", "md", "parquet"), default="table")
    said = "with --format parquet: the file to write"
    sql.add_argument("--to", type=_path, metavar="FILE", help=said)
    said = "queries from a file; - for standard input"
    sql.add_argument("--file", type=Path, metavar="FILE", help=said)
    said = "what $NAME in a query stands for, as text; may be given several times"
    sql.add_argument(
        "--param", dest="parameters", action="append", type=_pair, metavar="NAME=VALUE", help=said
    )
    said = "for each statement (default 60)"
    sql.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help=said)
    _add_out(sql)
    sql.set_defaults(handler=handlers["sql"])


def _add_inputs(parser: argparse.ArgumentParser, model: str | None) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=_path,
        metavar="PATH",
        help="files and folders (default data/documents)",
    )
    parser.add_argument(
        "--model",
        required=model is None,
        metavar="NAME",
        help="recorded (default), or a model's name" if model else "the model's name",
    )
    parser.add_argument(
        "--subject",
        type=Path,
        metavar="DIR",
        help="folder with schemas/ and prompts/ (default the bundled one)",
    )
    parser.add_argument(
        "--prompts",
        type=_path,
        metavar="DIR",
        help="folder of changed prompts, taken instead of those of the same name",
    )
    parser.add_argument(
        "--limit",
        dest="limits",
        action="append",
        metavar="NAME=N",
        help="of a document: seconds, memory, bytes, pages, ...",
    )
    parser.add_argument(
        "--ocr",
        action="store_true",
        default=None,
        help="read scans through ocrmypdf, if it is installed",
    )
    parser.add_argument(
        "--passage-tokens",
        dest="max_tokens",
        type=int,
        metavar="N",
        help="size of a passage (default 1500)",
    )
    _add_out(parser)


def _add_prices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--prices",
        type=Path,
        metavar="FILE",
        help="JSON of prices for models the table does not know",
    )


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=_path,
        metavar="DIR",
        help="where the database and ledger are (default data/out)",
    )
