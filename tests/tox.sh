#!/usr/bin/env bash
# tests/tox.sh ARGUMENTS...: tox with these arguments, from an environment of its own in .venv/, which the
# first run makes.
set -euo pipefail
cd "$(dirname "$0")/.."

wheels=$PWD/build/offline/wheels # of an offline bundle
[[ ! -d $wheels ]] ||
    export PIP_NO_INDEX=1 PIP_FIND_LINKS=$wheels UV_OFFLINE=1 UV_FIND_LINKS=$wheels

if ! .venv/bin/tox --version >/dev/null 2>&1; then
    python3 -c 'import ensurepip' 2>/dev/null || {
        echo "refused: python3 has no ensurepip: run ./install_requirements.sh, which installs python3-venv" >&2
        exit 2
    }
    python3 -m venv --clear .venv
    .venv/bin/pip install --quiet --require-hashes --requirement tests/tox.txt
fi
exec .venv/bin/tox "$@"
