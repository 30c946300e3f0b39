"""The commands that look at prompts: lint them, and show what is sent."""

from __future__ import annotations

import argparse
import json

from pipeline.commands.given import settings_of
from pipeline.errors import DossierError
from pipeline.plain import plain


def lint(options: argparse.Namespace) -> int:
    """Print what there is to say of the prompts. Returns the exit code: 1 if something is wrong."""
    from pipeline.prompt_lint import lint_prompts
    from pipeline.subject import load_record_types, prompt_files

    settings = settings_of(options)
    files = prompt_files(settings.subject / "prompts", settings.prompts)
    found = list(lint_prompts(files, load_record_types(settings.subject)))
    for finding in sorted(found, key=lambda finding: not finding.fault):
        print(plain(finding))
    faults = sum(finding.fault for finding in found)
    print(f"{len(files)} files, {faults} fault{'s' * (faults != 1)}.")
    return 1 if faults else 0


def show(options: argparse.Namespace) -> int:
    """Print exactly what is sent for a task and a document. Returns the exit code."""
    from dataclasses import replace

    from pipeline.run import plan

    settings = replace(settings_of(options), paths=(options.document,))
    everything = [planned for _, planned in plan(settings)]
    tasks = dict.fromkeys(planned.task.name for planned in everything)
    found = [planned for planned in everything if planned.task.name == options.task]
    if not found:
        raise DossierError(f"No task is called '{options.task}'", f"There are {', '.join(tasks)}.")
    if not 1 <= options.passage <= len(found):
        raise DossierError(
            f"{options.document} has {len(found)} passages for {options.task}", "Give --passage N."
        )
    request = found[options.passage - 1].request
    for message in request.messages:
        print(f"--- {message['role']}\n{plain(message['content'])}")
    print("--- schema")
    print(json.dumps(request.schema, ensure_ascii=False, indent=1))
    print("--- parameters")
    print(json.dumps(request.parameters))
    print(f"--- passage {options.passage} of {len(found)}")
    return 0
