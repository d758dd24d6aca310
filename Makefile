# Two commands matter: `make run` and `make test`. Both need Python 3.11 or newer and nothing else.

PORT ?= 8000
export PORT

VENV := .venv
# The first Python that is new enough; PYTHON=/path/to/python chooses another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

.DEFAULT_GOAL := help
.PHONY: help python setup setup-dev run test lint fmt lock

help:
	@echo "make run    start kpitracker on http://127.0.0.1:$(PORT)"
	@echo "make setup  create .venv with the pinned requirements, start nothing"
	@echo "make test   install what the tests need and run every check"
	@echo "make lint   look for mistakes in code and templates"
	@echo "make fmt    lay the code out"
	@echo "make lock   pin the requirements anew"

python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one (on Debian 12: apt-get install python3 python3-venv), or name it: make run PYTHON=/path/to/python3" >&2; exit 1; }

setup: python
	@$(PYTHON) scripts/environment.py $(VENV) requirements.txt

setup-dev: python
	@$(PYTHON) scripts/environment.py $(VENV) requirements-dev.txt

run: setup
	@exec env -u PYTHONDONTWRITEBYTECODE $(VENV)/bin/python manage.py up --parent $$PPID

test: setup-dev
	@env -u PYTHONDONTWRITEBYTECODE $(VENV)/bin/python scripts/run_checks.py

lint: setup-dev
	@$(VENV)/bin/python scripts/run_checks.py --only lint

fmt: setup-dev
	$(VENV)/bin/ruff check --fix --quiet .
	$(VENV)/bin/ruff format .

lock: setup-dev
	$(VENV)/bin/python scripts/lock.py
