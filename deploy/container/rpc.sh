# shellcheck shell=bash

# Times PATIENCE; less than runds.sh waits for the container, for it to hear why.
readonly RPC_READY_SECONDS=150

# rpc_ping {EXCHANGE TOPIC}...: RPC servers answer over RabbitMQ; one line on stdout when one of them does not.
rpc_ping() {
    /opt/openstack/bin/python3 -I /opt/dietstack/rpc-ping "$CONTROL_IP" "$@" 2>&1 <<<"$(secret rabbitmq)"
}

# await_rpc EXCHANGE TOPIC: a service that asks another at its start waits for it here. A question that
# nobody takes would cost it rpc_response_timeout.
await_rpc() {
    local complaint seconds=$((RPC_READY_SECONDS * PATIENCE))
    local deadline=$((SECONDS + seconds))
    until complaint=$(rpc_ping "$1" "$2"); do
        if ((SECONDS >= deadline)); then
            echo "$SERVICE $PROCESS: $complaint (for $seconds s)" >&2
            exit 1
        fi
        sleep 0.5
    done
}
