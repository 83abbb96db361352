# shellcheck shell=bash
# Steps that a person can follow: what runs, and how long it took.

# step NAME COMMAND...: runs it, its output kept in a file of which a person sees the end when it fails, else the
# notes; it has no name, so that none is left of a command that is killed. What fails returns 1, whatever a program
# says: 2 is for what changed nothing.
step() {
    local name=$1 started=$EPOCHREALTIME file output status=0
    shift
    file=$(mktemp)
    exec {output}<>"$file"
    rm "$file"
    [[ ! -t 1 ]] || printf '%-28s ...' "$name"
    # In a subshell of its own, for a failure inside to end the step at once.
    (
        exec {output}>&-
        set -e
        "$@"
    ) >&"$output" 2>&1 &
    wait $! || status=$?
    [[ ! -t 1 ]] || printf '\r'
    if ((status == 0)); then
        printf '%-28s %6.1f s\n' "$name" "$(seconds_since "$started")"
        sed -n '/^note: /p' "/dev/fd/$output" >&2
    else
        printf '%-28s failed after %.1f s\n' "$name" "$(seconds_since "$started")"
        tail -n 40 "/dev/fd/$output" >&2
    fi
    exec {output}>&-
    return $((status > 0))
}

seconds_since() { # a value of EPOCHREALTIME
    local now=$EPOCHREALTIME
    local micro=$((${now/./} - ${1/./}))
    ((micro >= 0)) || micro=0 # the clock was set back
    printf '%d.%06d' $((micro / 1000000)) $((micro % 1000000))
}
