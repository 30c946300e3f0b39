"""`dossier prompts`: what is wrong with prompts, and exactly what is sent."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.prompt_lint import MAX_LEAVES, leaves_of, lint_prompts
from pipeline.run import plan
from pipeline.settings import BUNDLED, Settings
from pipeline.subject import load_record_types, load_subject
from tests.conftest import DOCUMENTS, ROOT

TYPES = load_record_types(BUNDLED)


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    shutil.copytree(ROOT / "prompts", folder)
    return folder


def found(folder: Path) -> list[str]:
    files = {path.name: path for path in sorted(folder.glob("*.md"))}
    return [str(finding) for finding in lint_prompts(files, TYPES) if finding.fault]


@pytest.mark.parametrize("folder", ["prompts", "data/candidate"])
def test_the_bundled_prompts_have_no_fault(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "lint", "--prompts", str(ROOT / folder)]) == 0
    assert capsys.readouterr().out.endswith("0 faults.\n")


@pytest.mark.parametrize(("old", "new", "said"), [
    ("[Agreement]", "[Agreement, Vessel]", "names the unknown record type 'Vessel'"),
    ("[Agreement]", "[Agreement, Person]", "Person is asked for in actors.md too"),
    ("preamble: _rules.md", "preamble: _none.md", "preamble _none.md does not exist"),
    ('"form": "definitive_agreement"', '"form": "handshake"', "its example is no answer: agreement.0.form"),
    ('"response": null, ', "", "its example is no answer: agreement.0.response"),
    ('{"agreement": [', '{"agreement": [[', "its example is no JSON"),
    ("In June 2017 Aurelia and Casa Nova Vacinas signed", "In June 2017 they signed", "its example quotes what its passage does not say"),
])  # fmt: skip
def test_what_is_wrong_is_told(old: str, new: str, said: str, prompts: Path) -> None:
    file = prompts / "agreements.md"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert any(told.startswith("agreements.md: ") and said in told for told in found(prompts))


def test_a_fault_ends_with_1(prompts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (prompts / "actors.md").write_text("No front matter.", encoding="utf-8")
    assert main(["prompts", "lint", "--prompts", str(prompts)]) == 1
    said = capsys.readouterr().out
    assert said.startswith("actors.md: no front matter\n")
    assert said.endswith("1 fault.\n")
    assert "prompts: note: no prompt asks for Person" in said


def test_fields_that_a_prompt_never_speaks_of_are_noted(prompts: Path) -> None:
    files = {path.name: path for path in prompts.glob("*.md")}
    notes = [f.said for f in lint_prompts(files, TYPES) if f.file == "actors.md" and not f.fault]
    assert any(
        note.startswith("of organisation_relation it never speaks of subject:") for note in notes
    )
    text = (prompts / "actors.md").read_text(encoding="utf-8")
    (prompts / "actors.md").write_text(
        text.replace("- A person", "- `subject` and object.\n- A person"), encoding="utf-8"
    )
    notes = [f.said for f in lint_prompts(files, TYPES) if f.file == "actors.md" and not f.fault]
    assert not any("of organisation_relation it" in note for note in notes)


def test_the_values_of_a_schema_are_counted() -> None:
    leaf = {"type": "string"}
    inner = {"type": "object", "properties": {"a": leaf, "b": {"anyOf": [leaf, {"type": "null"}]}}}
    schema = {"$defs": {"Inner": inner}, "properties": {
        "x": {"items": {"$ref": "#/$defs/Inner"}, "type": "array"}, "y": leaf}}  # fmt: skip
    assert leaves_of(schema) == 3
    assert all(leaves_of(task.schema) <= MAX_LEAVES for task in load_subject().tasks)


def test_what_is_shown_is_what_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    document = DOCUMENTS / "news-yunhe-zh.txt"
    assert main(["prompts", "show", "agreements", str(document)]) == 0
    shown = capsys.readouterr().out
    request = next(
        planned.request
        for _, planned in plan(Settings(paths=(document,)))
        if planned.task.name == "agreements"
    )
    for message in request.messages:
        assert f"--- {message['role']}\n{message['content']}\n" in shown
    schema = shown.split("--- schema\n")[1].split("\n--- parameters")[0]
    assert json.loads(schema) == request.schema


@pytest.mark.parametrize(("given", "said"), [
    (("nothing", "news-yunhe-zh.txt"), "No task is called 'nothing'. There are activities, actors,"),
    (("agreements", "news-yunhe-zh.txt", "--passage", "9"), "has 1 passages for agreements"),
])  # fmt: skip
def test_what_cannot_be_shown_is_told(
    given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    task, document, *more = given
    assert main(["prompts", "show", task, str(DOCUMENTS / document), *more]) == 2
    assert said in capsys.readouterr().err
