# shellcheck shell=bash

run_as() { # USER COMMAND...: becomes COMMAND with USER's rights, or tells the family that asks what it would become
    local user=$1
    shift
    if [[ -n ${FAMILY_ANSWER:-} ]]; then
        { env --null --unset FAMILY_ANSWER && printf '%s\0' '' "$user" "$@"; } >&"$FAMILY_ANSWER"
        exit
    fi
    # Whoever is not allowed to go first does without.
    [[ -z ${PRIORITY:-} ]] || renice --priority "$PRIORITY" --pid $$ >/dev/null || true
    [[ $user != root ]] || exec "$@"
    exec setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all "$@"
}
