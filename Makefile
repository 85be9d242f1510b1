# What can be done here. Each works alone on a fresh machine with Python 3.11 or later.
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
OUT ?= ../screenshots
PYTHON ?= python3
BIN = .venv/bin

.PHONY: help run dev check evidence audit format translations listen bench soak screenshots lock

help:  ## list what can be done
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: .venv/run  ## serve the check on http://$(HOST):$(PORT)
	@! $(BIN)/python -c "import socket; socket.create_connection(('$(HOST)', $(PORT)), 1)" 2>/dev/null || { echo "Port $(PORT) of $(HOST) is in use: PORT=8001 make run"; exit 1; } >&2
	exec env MALLOC_ARENA_MAX=2 $(BIN)/granian --interface wsgi --http 1 --http1-buffer-size 32768 --no-ws --host $(HOST) --port $(PORT) --workers $(WORKERS) --respawn-failed-workers --workers-kill-timeout 15 --log-level error wsgi:app

dev: .venv/run  ## serve it for whoever changes it: nothing is kept, and the page shows what went wrong
	exec $(BIN)/flask --app wsgi:app --debug run --host $(HOST) --port $(PORT) --extra-files $(subst $() ,:,$(wildcard webapp/questionnaire/*.toml translations/*/LC_MESSAGES/*.po))

check: .venv/check  ## the gate: format, lint, types, import contracts, all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses $$(($$(nproc) + 1)) --dist loadfile

evidence: .venv/check  ## run the tests whose figures the pages quote, and write the figures into webapp/tested.toml
	$(BIN)/python -m pytest --evidence tests/browser/test_accessibility.py tests/browser/test_accessibility_tree.py tests/test_privacy.py tests/browser/test_privacy.py

audit: .venv/check  ## ask for known weaknesses of everything that is installed (needs the internet)
	$(BIN)/pip install -q pip-audit
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt

format: .venv/check  ## bring code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: .venv/check  ## extract all texts, update every catalog, say what is missing
	$(BIN)/python -m babel.messages.frontend -q extract -F babel.cfg --no-location --omit-header -o translations/messages.pot .
	$(BIN)/python -m babel.messages.frontend -q update -N -w 79 --ignore-obsolete --ignore-pot-creation-date -i translations/messages.pot -d translations
	$(BIN)/python -m translations.texts

listen: .venv/check  ## hear the check with a real screen reader (Orca and Firefox), three times in a row: takes a quarter of an hour
	$(BIN)/python -m pytest tests/listening/walk.py

bench: .venv/check  ## measure everything beside Flask's hello world under the same server: one table (wants wrk and nginx)
	$(BIN)/python -m benchmarks

soak: .venv/check  ## wear the check out: restarts under load, slow clients, crowds, hostile requests
	$(BIN)/python -m soak

screenshots: .venv/check  ## take pictures of every page in every language into a folder: OUT=../screenshots
	$(BIN)/python -m tests.screenshots $(OUT)

lock: .venv/check  ## pin all requirements anew, with hashes
	$(BIN)/pip install -q pip-tools
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-options --no-header --no-annotate --strip-extras --allow-unsafe -o requirements.txt pyproject.toml
	$(BIN)/pip-compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-options --no-header --no-annotate --strip-extras --allow-unsafe --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

.venv/bin/python:
	$(PYTHON) -m venv --upgrade-deps .venv

.venv/run: .venv/bin/python requirements.txt
	$(BIN)/python -m pip install -q --require-hashes -r requirements.txt
	touch $@

.venv/check: .venv/bin/python requirements-dev.txt
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.txt
	touch $@ .venv/run
