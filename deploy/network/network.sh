# shellcheck shell=bash
# All that DietStack changes in the network of the host, raised and lowered as one.

# raise_network: idempotent; Docker has to be running.
raise_network() {
    record_ds_address
    record name "$NODE_NAME"
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
