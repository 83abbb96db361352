# shellcheck shell=bash
# What the commands say to a person: plain text, colour only on a terminal.

# say TEXT: one line of progress on stdout.
say() {
    printf '%s\n' "$*"
}

# note TEXT: one line on stderr, of what keeps nothing from working.
note() {
    printf 'note: %s\n' "$*" >&2
}

# refuse TEXT: one line on stderr, before anything was changed; ends the command with 2.
refuse() {
    complain refused "$@"
    exit 2
}

# fail TEXT: one line on stderr, while working; ends the command with 1.
fail() {
    complain failed "$@"
    exit 1
}

complain() {
    local word=$1 text
    shift
    text=${*//$'\n'/ }
    if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
        printf '\e[1;31m%s:\e[0m %s\n' "$word" "$text" >&2
    else
        printf '%s: %s\n' "$word" "$text" >&2
    fi
}
