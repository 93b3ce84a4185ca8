# make chat            open the chat on the bundled article (PORT=7860, HOST=127.0.0.1)
# make test            lint, types and tests
#
# TORCH=cpu            on Linux without an NVIDIA GPU: the CPU build of PyTorch, 0.2 GB instead of 4
# PYTHON=python3.12    another Python, 3.11 or newer

PYTHON ?= python3
PORT ?= 7860
HOST ?= 127.0.0.1
TORCH ?=
BIN := .venv/bin

.PHONY: chat test clean

chat: .venv/installed
	@$(BIN)/askarticle serve --index index --host $(HOST) --port $(PORT)

test: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

.venv/installed: pyproject.toml
	$(call install,.)
	@touch $@

.venv/installed-dev: pyproject.toml
	$(call install,.[dev])
	@touch .venv/installed $@

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "askarticle needs Python 3.11 or newer: make PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@echo "Installing into .venv; the first time takes some minutes."
	@if [ "$(TORCH)" = cpu ]; then \
	  $(BIN)/pip install --quiet uv && \
	  $(BIN)/uv pip install --python $(BIN)/python --torch-backend cpu --editable '$(1)'; \
	else \
	  if [ "$$(uname)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
	    echo "No NVIDIA GPU seen: 'make $(MAKECMDGOALS) TORCH=cpu' would download less."; \
	  fi; \
	  $(BIN)/pip install --quiet --editable '$(1)'; \
	fi
	@echo "Installed: $$(du -sh .venv | cut -f1) in .venv"
endef

clean:
	rm -rf .venv build dist *.egg-info src/*.egg-info
