# shellcheck shell=bash
# Ready means: every service of this node answered and, if it computes, a scheduler can place a server.

await_ready() {
    local role=()
    [[ $CONTROL_NODE != true ]] || role+=(--controls)
    [[ $COMPUTE_NODE != true ]] || role+=(--computes)
    inside dietstack-cli /opt/openstack/bin/python3 /opt/dietstack/services/cli/ready.py \
        --seconds $((READY_SECONDS * PATIENCE)) --node "$NODE_NAME" "${role[@]}"
}

introduce_cloud() {
    if [[ $CONTROL_NODE == true ]]; then
        say "Horizon        http://$EXTERNAL_ADDRESS:$HORIZON_PORT  (user demo or admin; password: PASSWORDS in $STATE_DIR/settings.sh)"
        say 'first server   ./dscli.sh first_vm'
        say 'command line   ./dscli.sh server list --all-projects'
    fi
}
