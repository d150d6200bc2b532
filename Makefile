# `make` or `make help` lists the targets. `install`, `serve` and `test` need Python 3.11+, make and git, nothing else.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
CHECKOV := .cache/checkov
PIP_AUDIT := .cache/audit
SCHEMATHESIS := .cache/hostile
FUZZ_MINUTES := 5
SOAK_MINUTES := 5
API_EXAMPLES := 800
SCHEMATHESIS_EXAMPLES := 15

.DEFAULT_GOAL := help
.PHONY: help install serve test check format aws clients confinement crash edge emulator end-to-end web bench soak hostile template audit lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s%s\n", $$1, $$2}'

install: $(STAMP) ## make .venv with the sls-pypi command running this checkout

$(STAMP): requirements/dev.txt pyproject.toml Makefile
	@test -n "$(PYTHON)" || { echo "sls-pypi needs Python 3.11 or newer; install one or run: make PYTHON=/path/to/python $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/dev.txt
	@printf '#!/bin/sh\nexec "%s/.venv/bin/python" -c '"'"'import sys; sys.path[0] = "%s"; from entrypoints.local.__main__ import main; main()'"'"' "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(BIN)/sls-pypi
	@chmod +x $(BIN)/sls-pypi
	@touch $(STAMP)

serve: install ## serve an index from ./.sls-pypi on http://127.0.0.1:8000
	@$(BIN)/sls-pypi serve

test: install ## the fast suite: model, adapters, scenarios, HTTP (minutes)
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "not aws and not clients and not crash and not confinement and not browser and not emulator and not end_to_end"

check: install ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

aws: install ## the scenarios in the world of AWS, without an account or a network (slow)
	$(BIN)/python -m pytest -n 3 --dist worksteal -m "aws and not crash" tests

clients: install ## real pip, uv, twine, poetry, pdm, hatch and flit against a running server (slow)
	$(BIN)/python -m pytest -m clients tests/clients

edge: install ## the edge functions in node and njs, and their syntax (needs node with npm; apt install njs)
	npm install --silent --no-audit --no-fund --prefix .cache/node acorn@8.19.0
	$(BIN)/python -m pytest tests/infrastructure/test_edge.py

confinement: install ## projects that do what no project should, in every way to shut a build away (slow)
	$(BIN)/python -m pytest -m confinement tests/building

crash: install ## kills servers while they work, and stops every use case before and after every call of a port (slow)
	$(BIN)/python -m pytest -n 2 -m crash tests

soak: install ## several minutes of real clients, kills and restarts: nothing acknowledged is lost (SOAK_MINUTES)
	$(BIN)/python -m tests.soak --minutes $(SOAK_MINUTES)

hostile: install $(SCHEMATHESIS)/bin/schemathesis ## fuzz files, forms, logs, connections and the API (FUZZ_MINUTES)
	$(BIN)/python -m tests.hostile.fuzz --minutes $(FUZZ_MINUTES)
	$(BIN)/python -m tests.hostile.api_fuzz --examples $(API_EXAMPLES)
	$(BIN)/python -m tests.hostile.api_schemathesis --examples $(SCHEMATHESIS_EXAMPLES)

# What it needs clashes with what we use.
$(SCHEMATHESIS)/bin/schemathesis:
	$(PYTHON) -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/python -m pip install --quiet --disable-pip-version-check schemathesis==4.32.5

emulator: install ## adapters on an emulated AWS with real isolation; made in .cache/emulator (needs CPython 3.13)
	$(BIN)/python -m tests.emulator.environment
	$(BIN)/python -m pytest -m emulator tests

end-to-end: install ## deploy to an emulated AWS, then publish and install with real clients (needs CPython 3.13, node)
	$(BIN)/python -m tests.emulator.environment
	$(BIN)/python -m pytest -m end_to_end tests/end_to_end

web: install ## every page in Chromium: accessibility, weight, search, Lighthouse, valid HTML (needs node, Java, chromium)
	PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund --ignore-scripts --prefix .cache/web \
		axe-core@4.14.1 lighthouse@12.8.2 playwright-core@1.65.1 vnu-jar@26.9.27
	$(BIN)/python -m pytest -m browser tests/web

bench: install ## every benchmark beside its peers, into docs/performance.md (an hour; apt install nginx wrk goaccess)
	$(BIN)/python -m tests.benchmarks --write docs/performance.md

template: install $(CHECKOV)/bin/checkov ## cfn-lint and checkov over infrastructure/template.yaml (no account, no network)
	$(BIN)/cfn-lint --regions us-east-1 -- infrastructure/template.yaml
	$(BIN)/python -m tests.infrastructure.stack_template > .cache/template.json
	$(CHECKOV)/bin/checkov --config-file infrastructure/checkov.yaml --file .cache/template.json

# It pins what we use in other versions, and is large: an environment of its own.
$(CHECKOV)/bin/checkov:
	$(PYTHON) -m venv $(CHECKOV)
	$(CHECKOV)/bin/python -m pip install --quiet --disable-pip-version-check checkov==3.3.30

audit: install $(PIP_AUDIT)/bin/pip-audit ## known holes in what is locked (asks the package index)
	@$(BIN)/python -m tests.audit $(PIP_AUDIT)/bin/pip-audit $(AUDIT)

$(PIP_AUDIT)/bin/pip-audit:
	$(PYTHON) -m venv $(PIP_AUDIT)
	$(PIP_AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1

lock: install ## resolve requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml -o requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --extra aws pyproject.toml -o requirements/aws.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --quiet --python-platform linux --python-version 3.13 --generate-hashes --no-header --constraint requirements/dev.txt infrastructure/functions.in -o infrastructure/functions.txt

clean: ## remove what the other targets made
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
