# shellcheck shell=bash
# The OpenStack services of this node. A control node's APIs go first, because the others ask them.

start_services() {
    if [[ $CONTROL_NODE == true ]]; then
        together bring_up placement glance neutron nova cinder heat horizon
    else
        together bring_up neutron nova
    fi
}
