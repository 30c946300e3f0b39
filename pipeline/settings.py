"""What one command was told, frozen. Nothing runs or is read from the environment at import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.domain import Mode
from pipeline.errors import DossierError

RECORDED = "recorded"
SECOND_READING = "second_reading"  # the task's name
LOOK = "_again"  # behind the name of a task: its second look
REPEAT = "_repeat"  # likewise, before its number: the same asked again
IDENTITY = "identity"  # likewise
BUNDLED = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run. `max_tokens` and `overlap_tokens` size the passages; `timeout_s` is
    for one HTTP call; `limits` are changes such as "pages=9000" to what one document may be and
    take; `ocr` is whether scans go through ocrmypdf.

    `keep` is how many runs stay; `accept` publishes one that knows less than the published one;
    `unpublished` keeps the run beside the published one, to be compared;
    `retry_failed` asks again for what was answered, but not well.

    `ask_model` is whether a model is asked what weights cannot tell about identity; None asks
    recorded replies only, for they cost nothing (see `asks_identity`).

    `prompts` is a folder whose files take the place of the subject's prompts of the same name.

    `decisions` is the folder of judgements and of the register of ids (default: see `decided`).

    `repeats` is how often each request is asked, the first time included.

    `second_look` is whether the sentences that no record rests on are sent once more.

    `second_reading` is whether a model, `second_model` or the same, is asked whether the quotes say
    what the records claim.

    `engine` is what maps the stages over documents: None for this process, "ray" or "ray=ADDRESS"
    for a cluster.

    `max_cost` is in USD; `rpm` and `tpm` are fixed limits per minute; `mode` sets the endpoint mode
    by hand.
    """

    paths: tuple[Path, ...] = (Path("data/documents"),)
    out: Path = Path("data/out")
    model: str = RECORDED
    replies: Path = Path("tests/fixtures/replies")
    subject: Path = BUNDLED
    prompts: Path | None = None
    concurrency: int = 16
    max_calls: int | None = None
    max_cost: float | None = None
    prices: Path | None = None
    rpm: int | None = None
    tpm: int | None = None
    mode: Mode | None = None
    max_tokens: int = 1500
    overlap_tokens: int = 60
    timeout_s: float = 120.0
    limits: tuple[str, ...] = ()
    ocr: bool = False
    keep: int = 5
    accept: bool = False
    unpublished: bool = False
    retry_failed: bool = False
    repeats: int = 1
    second_look: bool = False
    second_reading: bool = False
    second_model: str | None = None
    ask_model: bool | None = None
    decisions: Path | None = None
    engine: str | None = None

    def __post_init__(self) -> None:
        """Raises DossierError for values no run can work with."""
        for option, value, least in (
            ("--concurrency", self.concurrency, 1),
            ("--max-calls", self.max_calls, 0),
            ("--max-cost", self.max_cost, 0),
            ("--rpm", self.rpm, 1),
            ("--tpm", self.tpm, 1),
            ("--keep", self.keep, 1),
            ("--repeats", self.repeats, 1),
            ("--timeout", self.timeout_s, 0.001),
        ):
            if value is not None and not value >= least:  # a NaN is not
                raise DossierError(f"{option} is {value:g}", f"It must be {least} or more.")
        if self.second_model and not self.second_reading:
            raise DossierError(
                "--second-model names a reader, but there is no second reading",
                "Give --second-reading as well.",
            )
        if not self.max_tokens >= 100 or not 0 <= self.overlap_tokens < self.max_tokens // 2:
            raise DossierError(
                "The passage size does not fit",
                "At least 100 tokens, and overlap under half of them.",
            )

    def model_of(self, task: str) -> str:
        """The model that is asked for a task."""
        other = self.second_model if task == SECOND_READING else None
        return other or self.model

    @property
    def is_live(self) -> bool:
        """Whether any model is one that is called."""
        return {self.model, self.model_of(SECOND_READING)} != {RECORDED}

    @property
    def limited(self) -> bool:
        """Whether there is a limit of calls, of their rate, or of money."""
        limits = (self.rpm, self.tpm, self.max_calls, self.max_cost)
        return any(limit is not None for limit in limits)

    @property
    def asks_identity(self) -> bool:
        """Whether open questions of identity are put to the model."""
        return self.model == RECORDED if self.ask_model is None else self.ask_model

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.out / "dossier.duckdb"

    @property
    def decided(self) -> Path:
        """The folder of decisions: beside the bundled documents for the default output, else in the
        output folder."""
        if self.decisions:
            return self.decisions
        default = Settings.__dataclass_fields__["out"].default
        return default.parent / "decisions" if self.out == default else self.out / "decisions"

    @property
    def recognised(self) -> Path | None:
        """Where OCR keeps what it made of scans; None if scans are not to be read."""
        return self.out / "ocr" if self.ocr else None

    @property
    def ledger(self) -> Path:
        """The SQLite file of all replies."""
        return self.out / "ledger.sqlite3"
