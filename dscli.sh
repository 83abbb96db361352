#!/bin/bash
# dscli.sh ARGS...     runs `openstack ARGS...` as the admin (or OS_CLOUD=dietstack-demo as the demo user)
# dscli.sh             opens a shell with the openstack command
# dscli.sh first_vm    makes the demo project's first server, step by step
# dscli.sh dietstack-net explain PORT    follows a port hop by hop and says where its way ends
set -euo pipefail

readonly CONTAINER=dietstack-cli

refuse() {
    printf 'refused: %s\n' "$1" >&2
    exit 2
}

complaint=$(docker exec "$CONTAINER" true 2>&1) || {
    [[ $complaint != *'permission denied while trying to connect'* ]] ||
        refuse "user $(id -un) may not use Docker: run it as root (sudo)"
    refuse "container $CONTAINER does not run on this machine (${complaint##*$'\n'}): run ./runds.sh here, or dscli.sh on the control node"
}

# reads_stdin ARGS...: the commands that do. The others leave it alone: it may be the list that a loop of the caller reads.
reads_stdin() {
    local argument
    for argument; do
        case $argument in
        - | *=- | */dev/stdin | */dev/fd/0) return 0 ;;
        esac
    done
    case " $* " in
    *' image create'*' --file'[\ =]* | *' image create'*' --volume'[\ =]* | *' image stage'*' --file'[\ =]*) return 1 ;;
    *' image create '* | *' image stage '*) return 0 ;;
    *) ! has_command "$@" ;; # without one, openstack is a shell of its own
    esac
}

# has_command OPTION... [WORD...]: there is more than options for openstack itself and their values.
has_command() {
    while [[ ${1-} == -* ]]; do
        case $1 in
        --*=* | -[vqh] | --debug | --help | --insecure | --quiet | --timing | --verbose | --verify | --version) shift ;;
        *) shift "$(($# > 1 ? 2 : 1))" ;;
        esac
    done
    (($# > 0))
}

options=(--env OS_CLOUD="${OS_CLOUD:-dietstack-admin}" --env TERM="${TERM:-dumb}")
if [[ -t 0 ]] || reads_stdin "$@"; then
    options+=(--interactive)
fi
[[ ! -t 0 || ! -t 1 ]] || options+=(--tty)

# run COMMAND...: in the container, in the folder where it was typed, if that is there.
run() {
    # shellcheck disable=SC2016  # for the shell in the container
    exec docker exec "${options[@]}" "$CONTAINER" sh -c 'cd "$0" 2>/dev/null; exec "$@"' "$(pwd -P)" "$@"
}

case ${1-} in
'') run bash ;;
first_vm) run /opt/dietstack/services/cli/first_vm "${@:2}" ;;
dietstack-net) run "$@" ;;
*) run openstack "$@" ;;
esac
