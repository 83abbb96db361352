#!/usr/bin/env bash
# Refreshes the locked versions of what the lab, its tests and tox need: the newest that pyproject.toml allows.
set -euo pipefail
cd "$(dirname "$0")/.."

type -P uv >/dev/null || {
    echo "refused: uv is not there: install it with pip install uv" >&2
    exit 2
}

lock() { # FILE OPTION...
    uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet --output-file "$@"
}

lock lab/requirements.txt pyproject.toml --group lint
lock tests/tox.txt --group tox
