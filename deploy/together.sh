# shellcheck shell=bash

# together COMMAND ARGUMENT...: runs COMMAND with each ARGUMENT at the same time; fails at the first that fails.
together() {
    local command=$1 argument
    local -i left
    shift
    left=$#
    for argument in "$@"; do
        (
            set -e
            "$command" "$argument"
        ) &
    done
    while ((left > 0)); do
        wait -n || {
            jobs -p | xargs -r kill 2>/dev/null
            return 1
        }
        left+=-1
    done
}
