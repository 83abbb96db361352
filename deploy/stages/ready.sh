# shellcheck shell=bash
# Ready means: every service of this node answered and, if it computes, a scheduler can place a server.

await_ready() {
    local role=() question
    [[ $CONTROL_NODE != true ]] || role+=(--controls)
    [[ $COMPUTE_NODE != true ]] || role+=(--computes)
    question=(/opt/openstack/bin/python3 /opt/dietstack/services/cli/ready.py
        --seconds $((READY_SECONDS * PATIENCE)) --node "$NODE_NAME" "${role[@]}")
    if [[ $CONTROL_NODE == true ]]; then
        inside dietstack-cli "${question[@]}" </dev/null
    else
        cloud_of_nova | inside dietstack-nova-compute env OS_CLIENT_CONFIG_FILE=/dev/stdin "${question[@]}"
    fi
}

# cloud_of_nova: what a node that only computes has instead of clouds.yaml: Nova's own user, on the DS network.
cloud_of_nova() {
    echo 'clouds:'
    cloud_entry dietstack-admin nova service "$(secret nova)" "$CONTROL_IP" internal
}

introduce_cloud() {
    if [[ $CONTROL_NODE == true ]]; then
        say "Horizon        http://$EXTERNAL_ADDRESS:$HORIZON_PORT  (user demo or admin; password: PASSWORDS in $STATE_DIR/settings.sh)"
        say 'first server   ./dscli.sh first_vm'
        say 'command line   ./dscli.sh server list --all-projects'
    fi
}
