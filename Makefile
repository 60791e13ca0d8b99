.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/spark
NOTEBOOKS := $(shell find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*')
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# else each of the many processes that tests start would compile the package anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install qbr test test-slow lint lab sample bench bench-runs bench-models bench-packs bench-explore clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[cluster,dev,spark]'
	@touch $(READY)

install: $(READY) ## set up .venv with everything pinned in constraints.txt

qbr: $(READY) ## the sample company's quarter: reports/2026Q3/index.html
	$(BIN)/csworkbench qbr data/sample --quarter 2026Q3 --output reports/2026Q3

# three workers for two processors: those that wait for a kernel or a browser leave theirs to the others
test: $(READY) ## all tests, and every notebook on the sample
	$(BIN)/python -m pytest -p no:nbval -n 3 --dist loadgroup -m "not slow"
	$(BIN)/python -m pytest --nbval-lax -n 2 --dist loadfile -p no:cacheprovider $(NOTEBOOKS)

# a server of Spark (500 MB), beside the client that is installed for everybody
$(SPARK)/.ready: constraints.txt | $(READY)
	rm -rf $(SPARK)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps --target $(SPARK) pyspark
	@touch $@

test-slow: $(READY) $(SPARK)/.ready ## judges that take minutes: kills at many points, a thousand kernels, a cluster, Spark (500 MB), cron, the wheel
	$(BIN)/python -m pytest -p no:nbval -n 2 --dist loadgroup -m slow

lint: $(READY) ## style, types, direction of the rooms, stripped notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/nbstripout --verify $(NOTEBOOKS)

lab: $(READY) ## JupyterLab on the notebooks, with kernels that start at once
	$(BIN)/python -m csworkbench.report.kernelspec
	$(BIN)/jupyter lab --notebook-dir=.

sample: $(READY) ## write data/sample anew (same bytes)
	$(BIN)/python -m csworkbench.simulate.sample data/sample

bench: $(READY) ## speed and memory side by side, at 2,000, 20,000 and 200,000 accounts
	$(BIN)/python bench/scale.py

bench-runs: $(READY) ## packs per minute, memory and kernels beside papermill and nbconvert (8 minutes)
	$(BIN)/python bench/runs.py

bench-models: $(READY) ## every model beside its peers, goals reached or not (an hour; OPTIONS=--full: hours)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python bench/models.py $(OPTIONS)

bench-packs: $(READY) ## rendering, drawing and sizes of every pack kind beside stock nbconvert
	$(BIN)/python bench/packs.py

bench-explore: $(READY) ## how long an analyst waits, at 2,000, 20,000 and 200,000 accounts
	$(BIN)/python bench/explore.py

clean: ## remove what was made: reports, caches, .venv
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis reports/*/ bench/out data/sample/.csworkbench
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
