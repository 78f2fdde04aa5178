PYTHON ?= python3
BIN := .venv/bin
STATED := settings.ini setup.py pyproject.toml tests/constraints.txt
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint tests/constraints.txt
PYTEST := $(BIN)/python -m pytest
PARALLEL := --numprocesses logical --maxprocesses 4 --dist loadscope
TOUCH := touch -c .venv/*.done # nbdev-export writes pyproject.toml anew, word for word
STYLE := $(BIN)/ruff format --check . && $(BIN)/ruff check .

.DEFAULT_GOAL := help
.PHONY: help lab check test test-colab test-frontends test-oldest versions bench docs notebooks serve audit classroom clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

lab: .venv/lab.done ## open the lessons in JupyterLab, copied to lessons/; the sources with T=nbs; Ctrl-C ends it
	@$(BIN)/python nbs/_tools/lab.py $(T)

check: .venv/dev.done ## format, lint, types, and the tests that need no browser and run or build nothing: within a minute
	@$(STYLE)
	@$(PYTEST) $(PARALLEL) tests/unit tests/exercises

test: .venv/dev.done ## run every notebook and every test, with a real browser; a part with T=browser/test_site.py
	@$(BIN)/python tests/chromium.py
ifdef T
	@$(PYTEST) $(if $(findstring ::,$(T)),,$(PARALLEL)) "tests/$$T"
else
	@$(STYLE)
	@$(PYTEST) $(PARALLEL)
endif

test-colab: .venv/dev.done ## run the lessons with Colab's own versions (gigabytes) and drag their sliders
	@$(BIN)/python tests/chromium.py
	@PYTHON_COLAB=$$(command -v python3.13 || echo $(BIN)/python) $(BIN)/python tests/elsewhere.py colab

test-frontends: .venv/dev.done ## drag the sliders in Notebook 7, the classic Notebook and an old JupyterLab
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python tests/elsewhere.py notebook7 classic lab3

test-oldest: .venv/dev.done ## run the tests with the lowest versions that settings.ini allows (gigabytes)
	@$(BIN)/python tests/versions.py lowest

versions: .venv/dev.done ## run the tests with the newest versions for each Python here (gigabytes each); writes benchmarks/versions.md
	@$(BIN)/python tests/versions.py newest

bench: .venv/bench.done ## measure slider to picture, against other ways, imports, the engine, and workers; writes benchmarks/*.md
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python benchmarks/bench.py
	@$(BIN)/python benchmarks/imports.py
	@$(BIN)/python benchmarks/engine.py
	@$(BIN)/python benchmarks/scale.py

notebooks: .venv/dev.done ## export the code, run the notebooks, save their outputs; one with T=nbs/02_fit.ipynb
	@$(BIN)/nbdev-export
	@$(BIN)/ruff format --quiet autograd_tutorial
	@$(TOUCH)
	@$(BIN)/python nbs/_tools/notebooks.py $(T)

docs: .venv/dev.done ## render docs/ and README.md from the saved notebooks
	@$(BIN)/python nbs/_tools/settings.py
	@$(BIN)/nbdev-export
	@$(BIN)/ruff format --quiet autograd_tutorial
	@$(BIN)/python nbs/_tools/render.py
	@$(TOUCH)

serve: ## show docs/ on a free port of this machine; Ctrl-C ends it
	@$(PYTHON) nbs/_tools/serve.py

audit: .venv/dev.done ## weigh every page, with Lighthouse where npm is; writes benchmarks/pages.*
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python benchmarks/pages.py

classroom: .venv/classroom.done ## fill a JupyterHub with students until it is too slow; writes benchmarks/classroom.*
	@$(BIN)/python tests/chromium.py
	@$(BIN)/python benchmarks/classroom.py

clean: ## remove .venv and what the tests leave
	@rm -rf .venv .venvs build *.egg-info tests/artifacts .pytest_cache .hypothesis

# A venv whose Python has gone is made anew.
ifneq ($(shell $(BIN)/python -m pip --version >/dev/null 2>&1 && echo whole),whole)
$(shell rm -f .venv/bin/pip .venv/lab.done .venv/dev.done .venv/bench.done .venv/classroom.done)
endif
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed as '$(PYTHON)'; name another with: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "'$(PYTHON)' has no venv module; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@rm -rf .venv
	@$(PYTHON) -m venv .venv

.venv/lab.done: $(STATED) | .venv/bin/pip
	@echo "Installing into .venv: some minutes the first time, and much to download where torch brings CUDA"
	@$(INSTALL) --editable '.[lab]'
	@touch $@

.venv/dev.done: $(STATED) | .venv/bin/pip
	@echo "Installing into .venv: some minutes the first time, and much to download where torch brings CUDA"
	@$(INSTALL) --editable '.[lab,dev]'
	@touch $@ .venv/lab.done

.venv/bench.done: .venv/dev.done
	@$(INSTALL) --editable '.[lab,dev,bench]'
	@touch $@

.venv/classroom.done: .venv/dev.done
	@$(INSTALL) --editable '.[lab,dev,classroom]'
	@touch $@
