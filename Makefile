# Everything is installed into .venv with plain pip, from lock files with hashes. A stamp in .venv remembers each lock
# file that is in, so that a second call installs nothing.

PYTHON ?= python3
UV ?= uv
MARQUEE_CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))
ARGS ?=
# Twice the cores of a small machine: half of the tests wait for a disk, a timer or another process.
WORKERS ?= 4

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/requirements.stamp
SANDBOX := $(VENV)/requirements-sandbox.stamp
DEV := $(VENV)/requirements-dev.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help sandbox run test check lint types imports e2e chaos chromium bench bench-full bench-pacing bench-titles simulate-year simulate-week simulate-delivery simulate-move signs format lock clean

help: ## Say what there is (this list)
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "ARGS=… is handed on: make sandbox ARGS=\"--at 2025-06-01\", make test ARGS=\"-k zones\"."
	@echo "PYTHON=… names another Python than python3 (3.11 or newer): make sandbox PYTHON=python3.12"

sandbox: $(SANDBOX) ## Try the bot in your browser: no token, no Discord
	@$(BIN)/marquee sandbox $(ARGS)

run: $(RUN) ## Run the bot on Discord, with the settings of .env
	@$(BIN)/marquee run $(ARGS)

test: $(DEV) ## Run the tests, but for those of make e2e
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --ignore tests/e2e --ignore tests/benchmarks $(ARGS)

check: $(DEV) ## Check style, types and import direction (runs no tests)
	@$(MAKE) --no-print-directory --keep-going lint types imports

lint: $(DEV)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Not formatted as above: make format does it."; exit 1; }
	@echo "style: good"

types: $(DEV)
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python >$(VENV)/pyright.log \
		|| { cat $(VENV)/pyright.log; exit 1; }
	@echo "types: good"

imports: $(DEV)
	@$(BIN)/lint-imports >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }
	@echo "import direction: good"

bench: $(DEV) ## Measure every figure that Marquee promises, small (ARGS="--only delivery" for one)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

bench-full: $(DEV) ## The same, as large as the promises are meant
	@$(BIN)/python -m tests.benchmarks --full $(ARGS)

bench-pacing: $(DEV) ## Post to 5,000 channels below a limit of 50 a second, and count (four minutes; ARGS="--channels 300")
	@$(BIN)/python -m tests.benchmarks.pacing $(ARGS)

bench-titles: $(DEV) ## Measure search over a million titles that it makes up (five minutes; ARGS=--quick for one)
	@$(BIN)/python -m tests.benchmarks.titles $(ARGS)

simulate-year: $(DEV) ## Live through a year of refreshing 50,000 films (an hour and a half; ARGS="--films 3000" for minutes)
	@$(BIN)/python -m tests.simulation.year $(ARGS)

chaos: $(DEV) ## Kill the bot 100 times while 10,000 posts go out, in three modes (half an hour; ARGS="--posts 300 --kills 6")
	@$(BIN)/python -m tests.chaos $(ARGS)

simulate-delivery: $(DEV) ## Live through a year of delivery to 1,000 servers, every message accounted for (ten minutes; ARGS="--servers 100")
	@$(BIN)/python -m tests.simulation.delivered $(ARGS)

simulate-move: $(DEV) ## Move a year of 60 servers, 200 times over, to PostgreSQL and back (a minute; ARGS="--copies 1")
	@$(BIN)/python -m tests.simulation.moved $(ARGS)

signs: $(RUN) ## Draw the empty signs of the pictures anew, after a change to how they look
	@$(BIN)/python -m bot.ui.sign_drawing

simulate-week: $(DEV) ## Live through a week of 100,000 servers with a blockbuster in it (half an hour; ARGS="--servers 2000 --per-second 0.84")
	@$(BIN)/python -m tests.simulation.week $(ARGS)

format: $(DEV) ## Put the code into the house's form
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

e2e: $(DEV) chromium ## Drive the sandbox's page in Chromium (installed from Debian if it is missing and may be)
	@MARQUEE_CHROMIUM="$$(command -v '$(MARQUEE_CHROMIUM)' || command -v chromium)" $(BIN)/python -m pytest tests/e2e $(ARGS)

chromium:
	@test -z '$(MARQUEE_CHROMIUM)' || exit 0; \
	sudo=; test "$$(id -u)" = 0 || sudo="sudo -n"; \
	if ! command -v apt-get >/dev/null || ! $$sudo true 2>/dev/null; then \
		echo "make e2e needs Chromium: put chromium on the PATH, or name it: make e2e MARQUEE_CHROMIUM=/path/to/chromium"; exit 1; \
	fi; \
	echo "Installing Debian's chromium…"; \
	{ $$sudo apt-get update && $$sudo apt-get install -y --no-install-recommends chromium; } >$(VENV)/chromium.log 2>&1 \
		|| { tail -n 5 $(VENV)/chromium.log; echo "Chromium could not be installed: the reason stands above."; exit 1; }

# Newer versions: make lock ARGS=--upgrade. Each lock holds to the versions of the ones before it: one .venv takes all three.
lock: ## Compile the lock files anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it with pip or pipx, or name it: make lock UV=…"; exit 1; }
	@$(call compile,requirements.lock,--extra postgres)
	@$(call compile,requirements-sandbox.lock,--extra sandbox -c requirements.lock)
	@$(call compile,requirements-dev.lock,--extra dev -c requirements.lock -c requirements-sandbox.lock)

compile = $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --group build \
	--no-emit-package marquee-bot --annotation-style line --custom-compile-command "make lock" $(2) --output-file $(1) $(ARGS)

clean: ## Remove .venv and everything that can be made again (never .env, never a database)
	@rm -rf $(VENV) build dist .hypothesis .*_cache
	@find bot cogs tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/%.stamp: %.lock pyproject.toml $(VENV)/made.stamp
	@echo "Installing $*.lock into $(VENV)…"
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $< >$(VENV)/install.log 2>&1 \
		&& $(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e . >>$(VENV)/install.log 2>&1 \
		|| { tail -n 15 $(VENV)/install.log; \
			echo "$*.lock could not be installed: the reason stands above (all of it: $(VENV)/install.log)."; exit 1; }
	@touch $@

$(VENV)/made.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "Marquee needs Python 3.11 or newer, and there is no $(PYTHON) here."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Marquee needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1 | cut -d ' ' -f 2)." \
			"Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Who names a Python gets that one, or hears why not.
ifneq ($(origin PYTHON),file)
ifneq ($(wildcard $(VENV)/made.stamp),)
ifneq ($(shell $(PYTHON) -V 2>&1),$(shell $(BIN)/python -V 2>&1))
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
$(error $(VENV) was made with $(shell $(BIN)/python -V 2>&1), not with $(PYTHON): make clean first)
endif
endif
endif
endif
