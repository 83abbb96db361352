#!/usr/bin/env bash
# tests/prove.sh: runs the end-to-end tests against what is there: the lab that `make lab` makes, else the cloud
# of this machine. Exit codes: 0 proven, 1 a test failed, 2 there is neither.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# Two files of tests at a time, where the cloud has room for the servers of both; those that break the cloud come last,
# and have it for themselves.
two_at_a_time=()
(($(awk '/MemAvailable/ { print $2 }' /proc/meminfo) < 6 << 20)) ||
    two_at_a_time=(-- -n 2 --dist loadfile --no-loadscope-reorder)

main() {
    if lab_is_ready; then
        echo 'Proving lab multinode.'
        exec tests/tox.sh -e local -- --lab-reuse multinode
    elif [[ -e /srv/dietstack/settings.sh ]]; then
        echo 'Proving the cloud of this machine.'
        exec tests/tox.sh -e local "${two_at_a_time[@]}"
    fi
    echo 'refused: no lab multinode that is ready, and no cloud on this machine: type make lab, or make cloud' >&2
    exit 2
}

# Whoever has made a lab has dslab's environment; for nobody else it is made here.
lab_is_ready() {
    [[ -d .venv-lab ]] && grep -qP '^multinode\tmultinode\t\w+\tready\t' <<<"$(./dslab list)"
}

main
