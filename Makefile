# Gwanje (관제): `make run` and `make test` set up all they need. GNU make, POSIX sh.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# A stamp is named after the lock file it stands for, so a warm start installs nothing.
stamp = $(VENV)/.$(1)-$(firstword $(shell cksum < requirements/$(1).txt))
RUN := $(call stamp,run)
DEV := $(call stamp,dev)

# Node comes with the tools of development, and with it npm: the checks of the page's scripts.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm
SCRIPTS := node_modules/.installed-$(firstword $(shell cat package-lock.json 2>/dev/null | cksum))

.PHONY: run test check bench score score-cctv docs clean
.DEFAULT_GOAL := run

run: $(RUN)
	@exec $(BIN)/python -m workers.room

test: $(DEV)
	@$(BIN)/python deploy/system_packages.py
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

check: $(DEV) $(SCRIPTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m docs.build --check
	$(BIN)/python -m docs.figures
	$(NPM) run --silent check

bench: $(DEV)
	@$(BIN)/python -m bench $(ARGS)

score: $(DEV)
	@$(BIN)/python -m feeds score $(ARGS)

score-cctv: $(DEV)
	@$(BIN)/python -m bench.cctv_score --degradations --quiet $(ARGS)

docs: $(DEV)
	$(BIN)/python -m docs.build

clean:
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements/run.txt
	$(set_up)

$(DEV): requirements/dev.txt
	$(set_up)

$(SCRIPTS): package-lock.json package.json | $(DEV)
	@$(NPM) ci --silent
	@touch $@

define set_up
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 7))' || \
  { echo 'Python >= 3.11 이 없습니다 · Python >= 3.11 is missing ($(PYTHON))' >&2; exit 1; }
@$(PYTHON) deploy/environment.py $(VENV) $< $@
endef
