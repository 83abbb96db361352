# shellcheck shell=bash
# All that DietStack changes in the network of the host, raised and lowered as one.

# raise_network: idempotent; Docker has to be running.
raise_network() {
    record_ds_address
    raise_network_before_docker
    raise_forwarding
}

# raise_network_before_docker: what containers need before they start. After a reboot a unit calls it.
raise_network_before_docker() {
    raise_mounts
    raise_bridge_filtering
    raise_rules
    if [[ $CONTROL_NODE == true ]]; then
        raise_bridge
        record_external_network
    fi
}

# lower_network: gives the host back what raise_network found. Idempotent.
lower_network() {
    lower_rules
    lower_bridges
    lower_sysctls
    lower_mounts
    lower_built_in_chains
    forget_all
}

# The rules need it at boot, when the interface may still lack it; volumes of servers are mounted from it for good.
record_ds_address() {
    mkdir -p "$STATE_DIR/network"
    ds_address >"$STATE_DIR/network/ds.new"
    mv "$STATE_DIR/network/ds.new" "$STATE_DIR/network/ds"
}

recorded_ds_address() { # nothing before the first run
    local address
    address=$(recorded_ds)
    echo "${address%/*}"
}

recorded_ds_network() {
    network_of "$(recorded_ds)"
}

recorded_ds() {
    if [[ -s $STATE_DIR/network/ds ]]; then
        cat "$STATE_DIR/network/ds"
    fi
}

# What the database describes from now on: another EXTERNAL_IP would contradict it.
record_external_network() {
    printf '%s %s\n' "$EXTERNAL_IP" "$EXTERNAL_BRIDGE" >"$STATE_DIR/network/external"
}

# recorded_external_network: `EXTERNAL_IP EXTERNAL_BRIDGE` of an earlier run; nothing before the first.
recorded_external_network() {
    if [[ -s $STATE_DIR/network/external ]]; then
        cat "$STATE_DIR/network/external"
    fi
}
