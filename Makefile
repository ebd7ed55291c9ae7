# Every target makes .venv itself; the second time that costs nothing.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PORT_BASE ?= 8000
export PORT_BASE
# Some environments set it; then every process compiles everything, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
STAMP := .venv/.installed-$(shell cat requirements.lock pyproject.toml | cksum | tr ' ' '-')
PYTEST := $(BIN)/python -m pytest
IN_PARALLEL := --dist loadfile --no-loadscope-reorder -n
# Not in check: what walks whole logins, sends what is hostile, or starts programs.
STORIES := attacks browser contracts faults interop journeys oracle races
ORDINARY := not interop and not pages and not slow and not java

.PHONY: help
help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: demo-ports $(STAMP) ## Start broker, makelaars, portal and postbus, each time anew (PORT_BASE=8000)
	@exec $(BIN)/python -m sandbox.demo

.PHONY: demo-check
demo-check: demo-check-ports $(STAMP) ## Start a demo of its own, log in over SAML and OIDC, stop
	@$(BIN)/python -m sandbox.demo --check

# Before minutes of installing, not after. Make names the target that the way on has to name.
.PHONY: demo-ports demo-check-ports
demo-ports demo-check-ports:
	@python=$$(sh tools/find-python.sh) && "$$python" -m sandbox.ports $(@:-ports=)

.PHONY: demo-reset
demo-reset: $(STAMP) ## Throw away what demos left in var/; one that runs is left alone
	@$(BIN)/python -m sandbox.demo --reset

.PHONY: check
check: $(STAMP) ## Format, lint, types, architecture and quick tests: a minute and a half
	@$(BIN)/ruff format --check --quiet . || { echo 'Run: $(BIN)/ruff format .'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(MAKE) --no-print-directory -j 2 check-types check-tests

# At once: neither fills two cores from its first second to its last.
.PHONY: check-types check-tests
check-types: $(STAMP)
	@$(BIN)/mypy --no-error-summary
check-tests: $(STAMP)
	@$(PYTEST) -q $(IN_PARALLEL) 2 \
		-m 'not whole and not heavy and not browser and not postgres and $(ORDINARY)' \
		$(patsubst %,--ignore=tests/%,$(STORIES))

.PHONY: test
test: $(STAMP) ## All tests but those of test-rest: about thirteen minutes
	@$(PYTEST) -q $(IN_PARALLEL) 2 -m '$(ORDINARY)'

.PHONY: test-rest
test-rest: $(STAMP) ## What test leaves out: a look at every page, the software of others, and the slow ones
	@# Four on two cores: these wait for each other's programs more than they work.
	@$(PYTEST) -q $(IN_PARALLEL) 4 -m 'not java and not stores and (interop or pages or slow)'

.PHONY: test-stores
test-stores: $(STAMP) ## The tables of trust on PostgreSQL with Redis, and with the store in the process; ten minutes
	@$(PYTEST) -q $(IN_PARALLEL) 2 -m stores tests/journeys

.PHONY: test-java
test-java: $(STAMP) ## Keycloak and Spring Security: needs Java 17 and Maven; a few minutes
	@$(PYTEST) -q -m java

.PHONY: test-all
test-all: $(STAMP) ## Every test but those of test-java: test, test-rest and test-stores; under an hour
	@$(PYTEST) -q $(IN_PARALLEL) 2 -m 'not java'

LOGINS ?= 2000

.PHONY: mutants
mutants: $(STAMP) ## Before a release: take away each line that carries security, see a test fail; ten minutes
	@$(BIN)/python -m tests.mutants $(if $(ONLY),--only $(ONLY:%='%'))

.PHONY: mutants-part
mutants-part: $(STAMP) ## The part of them that this commit chooses (PART=3: another); two minutes
	@$(BIN)/python -m tests.mutants --part $(PART)

.PHONY: soak
soak: $(STAMP) ## Log in LOGINS=2000 times while parts are broken; 5 minutes
	@$(BIN)/python -m tests.faults.soak --logins $(LOGINS) $(if $(SEED),--seed $(SEED))

.PHONY: bench
bench: $(STAMP) ## Measure what one login costs
	@$(BIN)/python -m benchmarks.login

.PHONY: bench-peers
bench-peers: $(STAMP) ## The same login through Keycloak as broker beside it; needs Java 17 and Maven
	@$(BIN)/python -m benchmarks.peers

.PHONY: screenshots
screenshots: $(STAMP) ## Take a picture of every page (README=yes: those of README and manual, in docs/images)
	@$(BIN)/python -m tests.browser.screenshots $(if $(README),--readme)

.PHONY: security-cases
security-cases: $(STAMP) ## Write docs/security-cases.md anew
	@$(BIN)/python -m tools.security_cases

.PHONY: sbom
sbom: $(STAMP) ## Write var/sbom.json, the bill of materials (CycloneDX)
	@$(BIN)/python -m tools.sbom var/sbom.json && echo 'Written to var/sbom.json.'

.PHONY: advisories
advisories: ## Before a release: ask the public advisories about every locked package (needs internet)
	@test -x var/advisories/bin/pip-audit || { python3 -m venv var/advisories && \
		var/advisories/bin/pip install --quiet --disable-pip-version-check 'pip-audit==2.*'; }
	@var/advisories/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock

TARGET ?= response
MINUTES ?= 20

.PHONY: fuzz
fuzz: $(STAMP) ## Bytes that look for new ways through the code (TARGET=response|request|metadata MINUTES=20)
	@test -d var/atheris/atheris || $(BIN)/python -m pip install --quiet \
		--disable-pip-version-check --target var/atheris 'atheris==3.0.0'
	@PYTHONPATH=var/atheris $(BIN)/python -m tests.fuzz $(TARGET) --minutes $(MINUTES)

.PHONY: release-check
release-check: check test-all test-java mutants sbom advisories ## Before a release: all of that, and nothing may fail

.PHONY: reference
reference: $(STAMP) ## Write docs/reference anew: every field, setting, command, event, metric and code
	@$(BIN)/python -m tools.reference

.PHONY: recipes
recipes: $(STAMP) ## Write docs/recipes and the tables of docs/developers/portal.md anew
	@$(BIN)/python -m tools.recipes
	@$(BIN)/python -m tools.portal_page

.PHONY: translations
translations: $(STAMP) ## Bring the English texts in step with the Dutch ones
	@$(BIN)/python -m tools.translations

DJANGO := tests/interop/django_portal
.PHONY: lock
lock: ## Choose versions anew and write the locks (needs uv)
	@command -v uv >/dev/null || { echo 'uv is missing; install it first: pip install uv'; exit 1; }
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet -o requirements.lock
	uv pip compile pyproject.toml --extra telemetry --universal --python-version 3.11 \
		--constraint requirements.lock \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet -o requirements-run.lock
	uv pip compile $(DJANGO)/requirements.in --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--quiet -o $(DJANGO)/requirements.txt

# A virtualenv that cannot run Python (moved, or its Python is gone) is made anew.
$(STAMP): requirements.lock pyproject.toml
	@python=$$(sh tools/find-python.sh) || exit 1; \
	.venv/bin/python -c '' 2>/dev/null || { rm -rf .venv; "$$python" -m venv .venv; }
	@$(BIN)/python -m tools.install
	@rm -f .venv/.installed-*
	@touch $@
