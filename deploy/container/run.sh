# shellcheck shell=bash

# go_first: what this becomes gets the processor before other processes that want it, also where containers have no
# shares of it. Broker and databases: everything else waits for them when all starts at once, and their work is small.
# No matter where it may not, as in the making of an image.
go_first() {
    renice --priority -10 --pid $$ >/dev/null 2>&1 || true
}

run_as() { # USER COMMAND...: becomes COMMAND with USER's rights, or tells the family that asks what it would become
    local user=$1
    shift
    if [[ -n ${FAMILY_ANSWER:-} ]]; then
        { env --null --unset FAMILY_ANSWER && printf '%s\0' '' "$user" "$@"; } >&"$FAMILY_ANSWER"
        exit
    fi
    [[ $user != root ]] || exec "$@"
    exec setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all "$@"
}
