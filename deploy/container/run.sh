# shellcheck shell=bash

run_as() { # USER COMMAND...: becomes COMMAND without root's rights
    local user=$1
    shift
    exec setpriv --reuid "$user" --regid "$user" --clear-groups --inh-caps=-all "$@"
}
