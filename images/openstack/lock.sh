#!/bin/bash
# Resolves requirements.in anew and writes requirements.lock with the hash of every file.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

readonly VENV=../../build/uv
[[ -x $VENV/bin/uv ]] || {
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet "uv==$(<uv-version)"
}
"$VENV/bin/uv" pip compile --quiet --no-config --upgrade --python-version 3.13 --generate-hashes \
    --override overrides.txt --custom-compile-command 'make lock' --output-file requirements.lock requirements.in
