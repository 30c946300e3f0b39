# Every target sets up what it needs, once, in .venv/. `make help` lists them.
PYTHON ?= python3
DOCUMENTS ?= data/documents
MODEL ?= recorded
OUT ?= data/out
REPLIES ?= tests/fixtures/replies
CONCURRENCY ?= 16
MAX_COST ?=
ANSWERS ?=
A ?=
B ?=
CONTROL ?=
FORMAT ?= term
CANDIDATE ?= data/candidate
QUERY ?=
ID ?=
ANSWER ?=
WHY ?=
SECONDS ?= 60
ROUNDS ?= 1000
ARGS ?=

# Through the environment, as it is: neither make nor the shell takes quotes or $ in it for theirs.
export DOSSIER_QUERY := $(value QUERY)

VENV := .venv
BIN := $(VENV)/bin
DOSSIER := $(BIN)/dossier

.DEFAULT_GOAL := help
.PHONY: help run ray estimate batch sql explain report eval export quality runs diff candidate review page merge bench fuzz crash mutants test lint check format clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables: DOCUMENTS= MODEL= OUT= REPLIES= CONCURRENCY= MAX_COST= ANSWERS= QUERY= ID= A= B= FORMAT= CANDIDATE= SECONDS= ARGS=(options of run)"

$(VENV)/run.done: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/ray.done: $(VENV)/run.done requirements-ray.lock
	@echo "Adding Ray (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-ray.lock
	@touch $@

ray: $(VENV)/ray.done  ## add what a run on a cluster needs, 600 MB: then ARGS="--engine ray"

run: $(VENV)/run.done  ## bring the database up to date with DOCUMENTS, asking MODEL
	@$(DOSSIER) run "$(DOCUMENTS)" --model "$(MODEL)" --out "$(OUT)" --replies "$(REPLIES)" --concurrency $(CONCURRENCY) $(if $(MAX_COST),--max-cost $(MAX_COST)) $(ARGS)

estimate: $(VENV)/run.done  ## calls, tokens and money that asking MODEL would take
	@$(DOSSIER) estimate "$(DOCUMENTS)" --model "$(MODEL)" --out "$(OUT)" $(if $(MAX_COST),--max-cost $(MAX_COST)) $(ARGS)

batch: $(VENV)/run.done  ## write the requests of MODEL as a batch file; with ANSWERS=file, take its answers
	@$(if $(ANSWERS),$(DOSSIER) batch import "$(ANSWERS)" --out "$(OUT)",$(DOSSIER) batch export "$(DOCUMENTS)" --model "$(MODEL)" --out "$(OUT)")

sql: $(VENV)/run.done  ## query the database: QUERY="FROM agreements", or a prompt
	@$(DOSSIER) sql --out "$(OUT)" $(if $(value QUERY),"$$DOSSIER_QUERY")

explain: $(VENV)/run.done  ## from a record or entity back to its sentences: ID=...
	@$(DOSSIER) explain "$(ID)" --out "$(OUT)"

report: $(VENV)/run.done  ## one HTML file to look at and to show, OUT/report.html; ARGS="--figures DIR" for pictures as files
	@$(DOSSIER) report --out "$(OUT)" $(ARGS)

runs: $(VENV)/run.done  ## list the kept runs
	@$(DOSSIER) runs --out "$(OUT)"

candidate: run  ## run with the changed prompts of CANDIDATE, beside the published run
	@$(DOSSIER) run "$(DOCUMENTS)" --model "$(MODEL)" --out "$(OUT)" --replies "$(REPLIES)" --concurrency $(CONCURRENCY) --prompts "$(CANDIDATE)" --unpublished $(ARGS); test $$? -le 1

diff: $(VENV)/run.done  ## what changed from run A to run B; without them, what the prompts of CANDIDATE change
	@$(if $(A)$(B),,$(MAKE) --no-print-directory candidate >/dev/null)
	@$(DOSSIER) diff $(if $(A),"$(A)",published) $(if $(B),"$(B)",latest) $(if $(CONTROL),--control "$(CONTROL)") --format "$(FORMAT)" --out "$(OUT)"; test $$? -le 1

eval: $(VENV)/run.done  ## measure the published run against data/gold; fails if a figure fell below data/baseline.json
	@$(DOSSIER) eval --baseline data/baseline.json --out "$(OUT)" $(ARGS)

export: $(VENV)/run.done  ## write the records as JSON lines to OUT/export, the views as Parquet and CSV to OUT/package
	@$(DOSSIER) export --out "$(OUT)"
	@$(DOSSIER) export --format tables --out "$(OUT)"

review: $(VENV)/run.done  ## decide about what CANDIDATE changes, or from run A to run B, key by key
	@$(if $(A)$(B),,$(MAKE) --no-print-directory candidate >/dev/null)
	@$(DOSSIER) review --from $(if $(A),"$(A)",published) --to $(if $(B),"$(B)",latest) --out "$(OUT)"; test $$? -le 1

page: $(VENV)/run.done  ## the same review as a page in a browser on this machine
	@$(if $(A)$(B),,$(MAKE) --no-print-directory candidate >/dev/null)
	@$(DOSSIER) review serve --from $(if $(A),"$(A)",published) --to $(if $(B),"$(B)",latest) --out "$(OUT)"; test $$? -le 1

merge: $(VENV)/run.done  ## what is asked about identity; with ID=question and ANSWER=same, different or unsure, your word
	@$(DOSSIER) review merge $(ID) $(ANSWER) --why "$(WHY)" --out "$(OUT)"

bench: $(VENV)/run.done  ## measure readers, grounding, memory and live throughput
	@$(BIN)/python bench/readers.py
	@$(BIN)/python bench/grounding.py
	@$(BIN)/python bench/identity.py
	@$(BIN)/python bench/diff.py
	@$(BIN)/python bench/evaluate.py
	@$(BIN)/python -m bench.review_page
	@LANGEXTRACT="$(LANGEXTRACT)" $(BIN)/python bench/live.py

fuzz: $(VENV)/run.done  ## feed every reader broken documents, SECONDS=60 each, and SQL sessions
	@$(BIN)/python -m tests.readers.fuzz $(SECONDS)
	@$(BIN)/python -m tests.store.fuzz_sql "$(OUT)/dossier.duckdb"

crash: $(VENV)/run.done  ## end runs at random moments, ROUNDS=1000, and check what they promise
	@$(BIN)/python -m tests.crash $(ROUNDS)

mutants: $(VENV)/run.done  ## see whether the tests notice some two hundred mistakes
	@$(BIN)/python -m tests.mutants

quality: $(VENV)/run.done  ## measure what the checks catch and doubt, and write docs/quality.md, evaluation.md, tables.md and questions.md
	@$(BIN)/python -m tests.quality
	@$(BIN)/python -m tests.tables_page
	@$(BIN)/python -m tests.questions_page

test: $(VENV)/run.done  ## run the tests; no key and no network needed
	@$(BIN)/python -m pytest

lint: $(VENV)/run.done  ## format, lint, types, import layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: lint test  ## all of it: lint and test

format: $(VENV)/run.done  ## format the code and mend what lint can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:  ## remove the environment and all output, but not the ledger of paid replies
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@rm -rf "$(OUT)/dossier.duckdb" "$(OUT)/runs"
