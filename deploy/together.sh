# shellcheck shell=bash

TOLD_SECONDS=5

# together COMMAND ARGUMENT...: runs COMMAND with each ARGUMENT at the same time; fails at the first that fails.
# Each tells its status through a pipe: `wait -n` of bash 5.2 misses one in thousands.
together() {
    local command=$1 argument status told
    local -i left=$#-1
    shift
    exec {told}<> <(:)
    for argument in "$@"; do
        (
            trap 'echo $? >&"$told"' EXIT
            set -e
            "$command" "$argument"
        ) &
    done
    while ((left > 0)); do
        hear_from "$told"
        if [[ $status != 0 ]]; then
            jobs -rp | xargs -r kill -KILL 2>/dev/null || true # one may just have ended
            return 1
        fi
        left+=-1
    done
    exec {told}>&-
}

# hear_from PIPE: sets the status of the next that ends; killed is who ended without a word.
hear_from() {
    local running heard
    status=''
    # What a read has of a line when its time is over is gone from the pipe.
    while running=$(jobs -rp) && ! read -r -t "$TOLD_SECONDS" heard <&"$1"; do
        status+=$heard
        [[ -n $running ]] || {
            status=killed
            return 0
        }
    done
    status+=$heard
}
