# shellcheck shell=bash
# The OpenStack services of this node. A control node's APIs go first, because the others ask them.

start_services() {
    remove_what_is_not_declared
    if [[ $CONTROL_NODE == true ]]; then
        together bring_up placement glance neutron nova cinder heat horizon
    else
        together bring_up neutron nova
    fi
}

# A role given up or a container that this release does not have any more.
remove_what_is_not_declared() {
    local name declared
    declared=$(for folder in "$SERVICES_DIR"/*/; do each_container "$(basename "$folder")" container_name; done)
    for name in "${!RUNNING[@]}"; do
        grep --quiet --line-regexp "$name" <<<"$declared" || remove_container "$name"
    done
}
