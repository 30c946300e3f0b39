"""The review in a terminal: every key, through the program's own screen and through a real pty."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from pipeline.cli import main
from pipeline.diff.terminal import terminal_lines
from pipeline.review.deciding import Given
from pipeline.review.loop import Loop
from pipeline.review.queue import FILE, Between, read_file, read_queue
from pipeline.review.screen import Screen
from pipeline.review.sitting import Sitting
from pipeline.run import Outcome
from pipeline.settings import Settings
from pipeline.stages.decisions import JUDGEMENTS
from pipeline.subject import load_subject
from tests.compare.planted import plant
from tests.conftest import ROOT

Bundled = tuple[Settings, Outcome]
ESC = "\x1b"


@pytest.fixture(scope="module")
def pair(weighed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    both = plant(weighed.resolve(), tmp_path_factory.mktemp("pair"), 120, 21)
    return both.one, both.other


@pytest.fixture
def loop(pair: tuple[Path, Path], tmp_path: Path) -> Loop:
    between = Between(*pair, load_subject().record_types, tmp_path)
    return Loop(Sitting(read_queue(between), between))


@pytest.fixture(autouse=True)
def screens() -> Iterator[None]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        _KEYS.append(keys)
        yield
        _KEYS.clear()


_KEYS: list[object] = []


def press(loop: Loop, keys: str) -> Screen:
    screen = Screen(loop)
    _KEYS[0].send_text(keys + "q")  # type: ignore[attr-defined]
    screen.run()
    return screen


def text_of(screen: Screen) -> str:
    return "".join(part[1] for part in screen._body())


def verdicts(loop: Loop) -> list[str]:
    return [d.verdict for d in read_file(loop.sitting.between.decisions)[0]]


def test_a_and_r_decide_and_go_on(loop: Loop) -> None:
    first, second = loop.shown[:2]
    press(loop, "ar")
    assert verdicts(loop) == ["accept", "reject"]
    assert loop.sitting.decided[first.id] == "accept"
    assert loop.sitting.decided[second.id] == "reject"
    assert loop.place == 2
    assert len(read_queue(loop.sitting.between).report.undecided) < len(loop.shown)


def test_s_j_and_k_look_and_decide_nothing(loop: Loop) -> None:
    press(loop, "sjjk")
    assert loop.place == 2
    assert verdicts(loop) == []
    press(loop, "kkkkkk")
    assert loop.place == 0


def test_u_takes_the_last_decision_back_and_shows_it(loop: Loop) -> None:
    press(loop, "aru")
    assert verdicts(loop) == ["accept"]
    assert loop.place == 1
    press(loop, "uu")
    assert verdicts(loop) == []
    assert loop.message.startswith("Nothing to undo")
    assert loop.sitting.decided == {}


def test_f_and_n_are_kept_and_decide_nothing(loop: Loop) -> None:
    press(loop, "fodd\rnsee page 2\r")
    found = read_file(loop.sitting.between.decisions)[0]
    assert [(d.verdict, d.why) for d in found] == [("flag", "odd"), ("note", "see page 2")]
    assert loop.place == 0
    assert loop.sitting.decided == {}


def test_e_corrects_with_words_of_the_document(loop: Loop) -> None:
    loop.filter("changed speaker")
    loop.filter("added: speaker")
    item = loop.item
    assert item is not None
    assert item.after is not None
    # The value is typed anew, the proposed words are taken as they are.
    press(loop, "e\x15" + "the publisher\r\r")
    (found,) = read_file(loop.sitting.between.decisions)[0]
    assert (found.verdict, found.value) == ("correct", "the publisher")
    assert found.quote
    assert found.ground.field == "speaker"


def test_e_without_words_asks_why(loop: Loop) -> None:
    loop.filter("added: speaker")
    press(loop, "e\x15" + "the publisher\r" + "\x15\r" + "the masthead names them\r")
    (found,) = read_file(loop.sitting.between.decisions)[0]
    assert (found.value, found.quote, found.why) == (
        "the publisher", None, "the masthead names them",
    )  # fmt: skip


def test_a_wrong_correction_is_refused_and_said(loop: Loop) -> None:
    loop.filter("changed: realis")
    press(loop, "e\x15" + "perhaps\r\r")
    assert verdicts(loop) == []
    assert "'perhaps' is no realis" in loop.message


def test_esc_only_cancels(loop: Loop) -> None:
    screen = press(loop, f"f never mind{ESC}")
    assert screen.question is None
    assert verdicts(loop) == []
    press(loop, f"{ESC}{ESC}a")
    assert verdicts(loop) == ["accept"]


def test_o_shows_the_document_and_o_again_the_change(loop: Loop) -> None:
    change = text_of(Screen(loop))
    shown = text_of(press(loop, "o"))
    assert shown != change
    item = loop.item
    assert item is not None
    value = item.after or item.before
    assert value is not None
    assert text_of(press(loop, "oo")) == change


def test_the_filter_shows_what_holds_all_words_and_all_decides_it(loop: Loop) -> None:
    total = len(loop.shown)
    press(loop, "/moved nothing like it\r")
    assert loop.shown == []
    press(loop, "/\x15evidence only\r")
    few = len(loop.shown)
    assert 0 < few < total
    assert {item.change for item in loop.shown} <= {"evidence_only", "format_only"}
    press(loop, "A" + (f"{few}\r" if few > 20 else ""))
    assert set(verdicts(loop)) == {"accept"}
    assert len(verdicts(loop)) == few
    press(loop, "/\x15\r")
    assert len(loop.shown) <= total - few
    press(loop, "/all\r")
    assert len(loop.shown) == total


def test_above_20_the_number_is_typed(loop: Loop) -> None:
    count = len(loop.bulk())
    assert count > 20
    press(loop, "R7\r")
    assert verdicts(loop) == []
    assert "Not confirmed" in loop.message
    press(loop, f"R{ESC}")
    assert verdicts(loop) == []
    press(loop, f"R{count}\r")
    assert verdicts(loop) == ["reject"] * count


def test_many_are_taken_back_at_once(loop: Loop) -> None:
    press(loop, "/split:\rA")
    assert len(verdicts(loop)) > 1
    press(loop, "u")
    assert verdicts(loop) == []
    assert loop.message.startswith("Taken back: accept ")


def test_what_others_said_meanwhile_is_told_first(loop: Loop) -> None:
    first, second = loop.shown[:2]
    other = Sitting(read_queue(loop.sitting.between), loop.sitting.between)
    other.decide([Given(first.id, "reject")])
    press(loop, "a")
    assert "said reject" in loop.message
    assert verdicts(loop) == ["reject"]
    press(loop, "a")  # now she knows
    assert verdicts(loop) == ["reject", "accept"]
    press(loop, "/split:\r")
    other.refresh()
    other.decide([Given(loop.bulk()[0].id, "reject")])
    loop.say_all("accept")
    assert loop.message == "Others decided meanwhile; nothing was decided"
    assert verdicts(loop) == ["reject", "accept", "reject"]
    assert second.id not in loop.sitting.decided


def test_help_lists_every_key(loop: Loop) -> None:
    shown = text_of(press(loop, "?"))
    for key in "a r e s u j k f n o / A R q Esc".split():
        assert re.search(rf"(?<!\w){re.escape(key)}(?!\w)", shown), key


def test_what_stands_on_no_quote_is_never_decided_with_others(loop: Loop) -> None:
    item = loop.shown[0]
    assert item in loop.bulk()
    values = item.after or item.before
    object.__setattr__(values, "status", "missing")
    try:
        assert (item in loop.bulk()) == (item.after is None)
    finally:
        object.__setattr__(values, "status", "quoted")


def test_without_a_terminal_the_other_commands_are_named(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["review", "--from", str(pair[0]), "--to", str(pair[1]), "--decisions", str(tmp_path)]
    assert main(told) == 2
    assert "`dossier review next`, `apply` and `check`" in capsys.readouterr().err


class Terminal:
    """`dossier review` on a pty of 60 columns."""

    def __init__(self, pair: tuple[Path, Path], decisions: Path) -> None:
        self.master, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        command = [sys.executable, "-m", "pipeline.console", "review", "--from", pair[0], "--to"]
        environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen(
            [*command, pair[1], "--decisions", decisions],
            stdin=child, stdout=child, stderr=child, cwd=ROOT, env=environment, close_fds=True,
        )  # fmt: skip
        os.close(child)
        self.decisions = decisions
        self.output = b""

    def until(self, wanted: object, seconds: float = 30.0) -> None:
        """Read until `wanted` is printed, or, as a number, so many lines are in the file."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.output += os.read(self.master, 65536)
                except OSError:
                    return
            path = self.decisions / FILE
            lines = path.read_text().count("\n") if path.exists() else 0
            if lines == wanted or (isinstance(wanted, bytes) and wanted in self.output):
                return
        raise AssertionError(f"{wanted!r} did not come: {self.output[-2000:]!r}")

    def send(self, keys: str) -> None:
        os.write(self.master, keys.encode())


def test_every_key_on_a_pty(pair: tuple[Path, Path], tmp_path: Path) -> None:
    terminal = Terminal(pair, tmp_path)
    try:
        terminal.until(b"a r e s u j k f n o w / A R ? q")
        for keys, lines in (
            ("a", 1), ("r", 2), ("u", 3), ("sjjk?" + "?" + "oo", 3), ("fodd\r", 4), ("nsee\r", 5),
            ("f never", 5),
        ):  # fmt: skip
            terminal.send(keys)
            terminal.until(lines)
        terminal.send(ESC)
        time.sleep(0.3)
        terminal.send("/added: speaker\r")
        terminal.send("e\x15the publisher\r\r")
        terminal.until(6)
        terminal.send("/\x15split:\rA")
        terminal.until(b"accept: ")
        terminal.send("/\x15all\rwwords that stand nowhere\r\r")
        terminal.until(b"stand in")
        terminal.send("/\x15question\r")
        terminal.until(b"become one")
        terminal.send("v")
        terminal.until(b"bits")
        terminal.send("xduU")
        until = time.monotonic() + 20
        while _lines(tmp_path / JUDGEMENTS) < 4 and time.monotonic() < until:
            time.sleep(0.05)
        terminal.send("tq\x15q\r")  # a number is asked, or there is nothing to split
        terminal.send(ESC)
        time.sleep(0.3)
        terminal.send("q")
        terminal.until(b"changes wait for a decision")
        assert terminal.process.wait(20) == 1
    finally:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.master)
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    told = [line.get("verdict", "undo") for line in lines]
    assert told[:6] == ["accept", "reject", "undo", "flag", "note", "correct"]
    assert set(told[6:]) == {"accept"}
    assert len(told) > 7
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]m", terminal.output)  # no colour
    said = (tmp_path / JUDGEMENTS).read_text(encoding="utf-8")
    told = [json.loads(line).get("answer", "undo") for line in said.splitlines()]
    assert told == ["same", "different", "unsure", "undo"]


def test_hostile_text_is_no_command_to_the_terminal(loop: Loop) -> None:
    item = loop.shown[0]
    value = item.after or item.before
    assert value is not None
    object.__setattr__(item, "label", "name\x1b]0;owned\x07\u202e\x9b31m")
    shown = text_of(Screen(loop))
    for control in ("\x1b", "\x07", "\u202e", "\x9b"):
        assert control not in shown
    assert "\x1b" not in "".join(terminal_lines(loop.sitting.queue.report, 80))


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
