"""The review in a terminal: one change a screen, single keys."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout.containers import ConditionalContainer, HSplit, Window
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.layout import Layout
from prompt_toolkit.layout.processors import BeforeInput

from pipeline.diff.causes import told
from pipeline.diff.shown import heading, risk_name, sentences, told_value
from pipeline.errors import DossierError
from pipeline.plain import plain
from pipeline.resolve.judgements import Answer
from pipeline.review.asked import members_text, question_text
from pipeline.review.loop import CONFIRMED_ABOVE, Loop
from pipeline.store.sides import Side

HELP = """a accept     r reject     e edit: the right value, and the words that support it
s skip       u undo       j / k look at the next, the one before
f flag       n note       o the document around the quote, and back
w words of the document that say something of which there is no record
/ filter by words of class, type, field, risk, name, document (all: decided ones too)
A / R decide all that the filter shows, but for what stands on no quote
q quit       Esc only cancels

Questions about names come behind the changes (/question shows them alone):
x same       d different  u unsure     U undo
t split      v what speaks for it, in bits

Each decision is on disk at once. Arrow keys scroll."""
_KEYS = "a r e s u j k f n o w / A R ? q"
_QUESTION_KEYS = "x same  d different  u unsure  t split  v weight  U undo  j k / ? q"


@dataclass
class _Question:
    """Something to be typed, and what to do with it."""

    asks: str
    then: Callable[[str], None]


class Screen:
    """The screen of one sitting."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.page = ""  # "help" or "source" instead of the change
        self.question: _Question | None = None
        self.weighed = False  # whether a question's weight is shown
        self.typed = Buffer(multiline=False, accept_handler=self._answered)
        self.body = Window(FormattedTextControl(self._body, focusable=True), wrap_lines=True)
        self.application: Application[None] = Application(
            layout=self._layout(), key_bindings=self._bindings(), full_screen=True
        )
        self.application.ttimeoutlen = 0.05  # Esc cancels at once

    def run(self) -> None:
        """Until `q`."""
        self.application.run()

    def _layout(self) -> Layout:
        asked = Condition(lambda: self.question is not None)
        before = BeforeInput(lambda: f"{self.question.asks}: " if self.question else "")
        said = FormattedTextControl(lambda: plain(self.loop.message))
        typing = Window(BufferControl(self.typed, input_processors=[before]), height=1)
        return Layout(
            HSplit([
                Window(FormattedTextControl(self._head), height=1, style="reverse"),
                self.body,
                Window(said, height=2, wrap_lines=True),
                ConditionalContainer(typing, asked),
                ConditionalContainer(Window(FormattedTextControl(self._keys), height=1), ~asked),
            ]),
            focused_element=self.body,
        )  # fmt: skip

    def _keys(self) -> str:
        return _QUESTION_KEYS if self.loop.question else _KEYS

    def _head(self) -> str:
        loop = self.loop
        at = f"[{loop.place + 1}/{len(loop.shown)}]" if loop.shown else "[0/0]"
        about = f"  filter: {' '.join(loop.words)}" if loop.words else ""
        return plain(f"{at} {loop.waiting} wait  {told(loop.sitting.queue.report.causes)}{about}")

    def _body(self) -> StyleAndTextTuples:
        if self.page == "help":
            return [("", HELP)]
        if self.page == "source":
            return self._source()
        if self.page == "members":
            return members_text(self.loop.members())
        return self._change()

    def _change(self) -> StyleAndTextTuples:
        item = self.loop.item
        if self.loop.question:
            return question_text(self.loop, self.loop.question, weighed=self.weighed)
        if item is None:
            return [("", "Nothing waits for a decision. / shows others, q quits.")]
        tags = [risk_name(item)] + ["within noise"] * item.within_noise
        decided = self.loop.sitting.decided
        tags += [decided[item.id]] if item.id in decided else []
        claim = item.record.claim
        lines: StyleAndTextTuples = [
            ("bold", plain(heading(item))),
            ("", plain(f"  [{'; '.join(tags)}]\n{item.label}\n{claim.document}\n")),
        ]
        was, now = sentences(item)
        for sign, value, shown in (("-", item.before, was), ("+", item.after, now)):
            if value is None or (sign == "-" and item.change == "unchanged"):
                continue
            lines.append(("bold", f"\n{sign} {told_value(value, item)}\n"))
            if shown:
                lines += [("", f"    {plain(shown.before)}"), ("reverse", plain(shown.marked)),
                          ("", f"{plain(shown.after)}\n")]  # fmt: skip
        return lines

    def _source(self) -> StyleAndTextTuples:
        found = self.loop.source()
        if found is None:
            return [("", "It stands nowhere in the document.")]
        before, quote, after = map(plain, found)
        # The end of what stands before, so that the quote is on the screen.
        return [("", before[-600:]), ("reverse", quote), ("", after[:1500])]

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()
        free = Condition(lambda: self.question is None)
        for key, act in self._acts().items():
            self._bind(keys, key, act, free)
        keys.add("escape", eager=True)(lambda event: self._cancel())
        keys.add("c-c")(lambda event: event.app.exit())
        keys.add("down", filter=free)(lambda event: self._scroll(1))
        keys.add("up", filter=free)(lambda event: self._scroll(-1))
        keys.add("q", filter=free)(lambda event: event.app.exit())
        return keys

    def _bind(self, keys: KeyBindings, key: str, act: Callable[[], None], free: Condition) -> None:
        @keys.add(key, filter=free)
        def _(event: KeyPressEvent) -> None:
            if key not in ("o", "?"):
                self.page = ""
            self.weighed = self.weighed and key in ("v", "?")
            self.body.vertical_scroll = 0
            self._guarded(act)

    def _acts(self) -> dict[str, Callable[[], None]]:
        loop = self.loop
        return {
            "a": lambda: loop.say("accept"),
            "r": lambda: loop.say("reject"),
            "e": self._edit,
            "s": lambda: loop.move(1),
            "u": lambda: loop.answer("unsure") if loop.question else loop.undo(),
            "U": loop.undo,
            "x": lambda: self._answer("same"),
            "d": lambda: self._answer("different"),
            "t": self._split,
            "v": self._weigh,
            "w": self._missing,
            "j": lambda: loop.move(1),
            "k": lambda: loop.move(-1),
            "f": lambda: self._ask("Flag, because", lambda why: loop.say("flag", why=why)),
            "n": lambda: self._ask("Note", lambda why: loop.say("note", why=why)),
            "o": lambda: self._turn("source"),
            "?": lambda: self._turn("help"),
            "/": lambda: self._ask("Filter", loop.filter, " ".join(loop.words)),
            "A": lambda: self._all("accept"),
            "R": lambda: self._all("reject"),
        }

    def _turn(self, page: str) -> None:
        self.page = "" if self.page == page else page

    def _answer(self, answer: Answer) -> None:
        if self.loop.question:
            self.loop.answer(answer)
        else:
            self.loop.message = "x, d, t and v are for questions about names"

    def _weigh(self) -> None:
        self.weighed = not self.weighed

    def _split(self) -> None:
        members = self.loop.members()
        if not members:
            self.loop.message = "Neither was joined from several names: there is nothing to split"
            return
        self.page = "members"
        self._ask("Which of them is another (its number)", lambda t: self._parted(members, t))

    def _parted(self, members: list[Side], typed: str) -> None:
        self.page = ""
        if typed.strip().isdecimal() and 0 < int(typed) <= len(members):
            self.loop.split(members[int(typed) - 1].usage)
        else:
            self.loop.message = "No such number; nothing was said"

    def _missing(self) -> None:
        """Report a fact of the document on the screen that has no record."""
        item = self.loop.item
        if item is None:
            self.loop.message = "There is no document on the screen"
            return

        def typed(quote: str) -> None:
            asks = "The type that the record should have"
            self._ask(asks, lambda t: self.loop.report_missing(t.strip(), quote.strip()), kind)

        kind = item.record.claim.type
        self._ask("Words of the document that have no record", typed)

    def _edit(self) -> None:
        item = self.loop.item
        if item is None or not item.value or not item.field or not item.after:
            self.loop.message = "There is no one value here to correct"
            return
        self._ask("The right value", self._edited, item.after.text)

    def _edited(self, value: str) -> None:
        def quoted(quote: str) -> None:
            if quote.strip():
                self.loop.say("correct", value=value, quote=quote)
            else:
                self._ask(
                    "Why there are none", lambda w: self.loop.say("correct", value=value, why=w)
                )

        _, now = sentences(self.loop.item) if self.loop.item else (None, None)
        self._ask("The document's words for it (empty for none)", quoted, now.text if now else "")

    def _all(self, verdict: str) -> None:
        count = len(self.loop.bulk())
        left_out = self.loop.waiting - count
        about = f"{verdict} {count} changes" + (f" ({left_out} have no quote)" if left_out else "")
        if count == 0:
            self.loop.message = "Nothing that is shown can be decided at once"
        elif count <= CONFIRMED_ABOVE:
            self.loop.say_all(verdict)
        else:
            self._ask(f"{about}: type {count}", lambda t: self._confirmed(verdict, count, t))

    def _confirmed(self, verdict: str, count: int, typed: str) -> None:
        if typed.strip() == str(count):
            self.loop.say_all(verdict)
        else:
            self.loop.message = "Not confirmed; nothing was decided"

    def _ask(self, asks: str, then: Callable[[str], None], default: str = "") -> None:
        self.question = _Question(asks, then)
        self.typed.text = " ".join(default.split("\n"))
        self.typed.cursor_position = len(self.typed.text)
        self.application.layout.focus(self.typed)

    def _answered(self, buffer: Buffer) -> bool:
        question, self.question = self.question, None
        self.application.layout.focus(self.body)
        if question:
            self._guarded(lambda: question.then(buffer.text))
        return self.question is not None  # what is proposed for the next one stays

    def _guarded(self, act: Callable[[], None]) -> None:
        """Whatever goes wrong ends the sitting: the library would wait for a key, unseen."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 (raised again where the sitting ends)
            self.application.exit(exception=error)

    def _cancel(self) -> None:
        self.question, self.page = None, ""
        self.typed.text = ""
        self.application.layout.focus(self.body)

    def _scroll(self, lines: int) -> None:
        self.body.vertical_scroll = max(0, self.body.vertical_scroll + lines)


def sit(loop: Loop) -> None:
    """Review in this terminal. Raises DossierError where there is none."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DossierError(
            "A review needs a terminal",
            "`dossier review next`, `apply` and `check` do the same without one.",
        )
    Screen(loop).run()
