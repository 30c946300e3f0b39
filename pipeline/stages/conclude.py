"""What follows once the rows of all documents are there: names are joined, decisions applied, the
run is kept and published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipeline.compare.changes import known_of
from pipeline.decide.applied import Applied, apply_decisions
from pipeline.domain import Reply, Request, Task, streamed_id
from pipeline.errors import DecisionError, DossierError
from pipeline.events import EventLog
from pipeline.models.status import Status
from pipeline.records import mention_styles
from pipeline.replies import read_reply
from pipeline.resolve.clusters import ContradictionError
from pipeline.resolve.judgements import Judgement
from pipeline.resolve.questions import Question, request_of
from pipeline.results import Unanswered
from pipeline.settings import Settings
from pipeline.stages.decisions import Decisions
from pipeline.stages.resolve import Resolver
from pipeline.stages.stream import Counts
from pipeline.store.grounds import Grounds
from pipeline.store.load import Scratch
from pipeline.store.publish import load_views, write_database
from pipeline.store.runs import Manifest, Runs
from pipeline.subject import Subject

_ASKED_ROUNDS = 3  # an answer about names may open a question about deals, and the reverse
Ask = Callable[[Task, list[Request]], Awaitable[list[Reply | Unanswered]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did. `published` is False when nothing had changed, or the link was left; `left`
    is why it was. `stopped` is why it ended early, if it did. `notes` is what was found out about
    the endpoint, `stale` how many decisions were not applied because what they are about has
    changed. `database` is the run's own file."""

    calls: int
    published: bool
    cost_usd: float | None = None
    stopped: DossierError | None = None
    left: str = ""
    notes: tuple[str, ...] = ()
    stale: int = 0
    database: Path | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the documents of a run. `duplicates` are (document id, path, message), as in
    `issue`, in order. `documents` are (id, path, status) by path, or None where there are too many
    to be listed in a manifest, and `number` is how many there are. `stopped` is why it ended
    early; `complete` is how many documents are complete, where they are not listed."""

    number: int
    documents: Sequence[tuple[str, str, str]] | None
    duplicates: Sequence[tuple[str, str, str]]
    counts: Counts
    status: Status
    stopped: DossierError | None
    complete: int = 0


@dataclass
class Conclusion:
    """What is done once with the rows of a run. `identity` is what they depend on."""

    settings: Settings
    subject: Subject
    identity: dict[str, str]
    log: EventLog

    def __post_init__(self) -> None:
        self.decisions = Decisions(self.settings.decided)
        self.identity["decisions"] = self.decisions.digest
        self.identity["reviewed"] = self.decisions.reviewed_digest
        self.runs = Runs(self.settings.database)
        self.started_at = _now()

    async def resolve(self, scratch: Scratch, ask: Ask) -> None:
        """Join names and claims to entities; what remains open is put to the model, if it is to be
        asked, as often as its answers open something new."""
        styles = mention_styles(self.subject.record_types)
        resolver = Resolver(scratch, styles, self.decisions.register)
        judgements = list(self.decisions.judgements)
        try:
            resolved = resolver.resolve(judgements)
            for _ in range(_ASKED_ROUNDS if self.settings.asks_identity else 0):
                found = await self._ask(resolver.questions(resolved), ask)
                if not found:
                    break
                judgements += found
                resolved = resolver.resolve(judgements)
        except ContradictionError as error:
            raise DecisionError(
                f"Judgements of people contradict each other: {error}",
                f"Take one back: dossier review merge --undo ID (in {self.decisions.folder}).",
            ) from error
        resolver.write(resolved)
        self.resolved = resolved

    async def _ask(self, questions: list[Question], ask: Ask) -> list[Judgement]:
        """What the model answers, as judgements under its name."""
        task = self.subject.asker
        answers = await ask(task, [request_of(task, q.asks) for q in questions])
        found = []
        for question, reply in zip(questions, answers, strict=True):
            if isinstance(reply, Reply):
                for verdict in read_reply(reply, task.record_types).records[:1]:
                    found.append(question.judged(verdict, f"model:{reply.model}"))
        return found

    def run_id(self, scratch: Scratch, came: Came) -> str:
        """Of what was given and what came of it: the same again is the same run."""
        documents = came.documents or scratch.each_document()
        return streamed_id(
            "run", self.identity, iter(documents), came.duplicates, scratch.reply_keys()
        )

    def finish(self, scratch: Scratch, came: Came) -> Outcome:
        """Write the run's database and manifest, and publish it. Raises DossierError when it cannot
        be written."""
        run_id = self.run_id(scratch, came)
        scratch.add_duplicates(came.duplicates)
        scratch.add_run((run_id, *self.identity.values(), came.number))
        applied = self._apply(scratch)
        scratch.add({"decision": list(applied.rows)})
        views = load_views(self.settings.subject / "schemas" / "views")
        write_database(scratch, self.runs.path(run_id), views)
        manifest = self._manifest(run_id, came)
        self.runs.keep(manifest)
        self.decisions.append(self.resolved.lines)
        left = self.publish(manifest)
        self.log.write("end", run=run_id, stopped=manifest.cut_short, left=left, **manifest.totals)
        return Outcome(
            calls=came.status.calls,
            published=not (left or self.settings.unpublished),
            cost_usd=came.status.cost_usd,
            stopped=came.stopped,
            left=left,
            stale=len(applied.stale),
            database=self.runs.path(run_id),
            notes=(
                *came.status.notes, *self._about_decisions(applied), *self._about_candidate(run_id)
            ),
        )  # fmt: skip

    def _manifest(self, run_id: str, came: Came) -> Manifest:
        status = came.status
        return Manifest(
            run_id=run_id,
            identity=self.identity,
            settings={name: str(value) for name, value in asdict(self.settings).items()},
            documents=tuple(came.documents or ()),
            duplicates=tuple(came.duplicates if came.documents is not None else ()),
            started_at=self.started_at,
            ended_at=_now(),
            cut_short=came.stopped.message if came.stopped else "",
            totals={"calls": status.calls, "cost_usd": status.cost_usd, **asdict(came.counts)},
            number=came.number,
            number_complete=came.complete,
        )

    def unchanged(self, previous: Manifest) -> Outcome:
        """Nothing is to be done but, if the link names another run, to publish this one again."""
        database = self.runs.path(previous.run_id)
        if self.settings.database.resolve() == database.resolve():
            return Outcome(0, published=False, database=database)
        left = self.publish(previous)
        published = not (left or self.settings.unpublished)
        return Outcome(0, published=published, left=left, database=database)

    def publish(self, manifest: Manifest) -> str:
        """Make a run the published one, or say why it is not."""
        if self.settings.unpublished:
            return ""
        left = self.runs.publish(manifest, accept=self.settings.accept)
        self.runs.prune(self.settings.keep)
        return left

    def _apply(self, scratch: Scratch) -> Applied:
        """Hold the reviewers' decisions against the claims of this run."""
        if not self.decisions.reviewed:
            return Applied()
        grounds = Grounds(scratch.ask, lambda name: f"({scratch.whole(name)})")
        return apply_decisions(
            self.decisions.reviewed, grounds, known_of(self.subject.record_types)
        )

    def _about_decisions(self, applied: Applied) -> Iterator[str]:
        """What is wrong with the files of decisions."""
        yield from self.decisions.problems
        for decision in applied.stale:
            about = decision.ground
            what = f"{decision.verdict} of {about.type} {about.field}".strip()
            yield (
                f"Stale: {decision.id}, {what} {about.value!r} in {about.document}; it is not"
                f" applied. `dossier review undo {decision.id}` takes it back."
            )
        for judgement in self.resolved.judgements:
            if judgement.state in ("unmatched", "overruled"):
                what = f"{judgement.id} ({judgement.left.name}, {judgement.right.name})"
                why = (
                    "is about what is not there"
                    if judgement.state == "unmatched"
                    else "is overruled"
                )
                yield f"The judgement {what} {why}."

    def _about_candidate(self, run_id: str) -> Iterator[str]:
        if self.settings.unpublished:
            yield f"The run {run_id} is kept and not published: `dossier diff` shows what differs."


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
