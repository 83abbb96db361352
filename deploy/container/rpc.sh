# shellcheck shell=bash

# Times PATIENCE; less than runds.sh waits for the container, for it to hear why.
readonly RPC_READY_SECONDS=150

# rpc_ping SECONDS {EXCHANGE TOPIC}...: RPC servers answer over RabbitMQ; one line on stdout when one of them still
# does not after SECONDS.
rpc_ping() {
    /opt/openstack/bin/python3 -I /opt/dietstack/rpc-ping "$CONTROL_IP" "$@" 2>&1 <<<"$(secret rabbitmq)"
}

# await_rpc EXCHANGE TOPIC: a service that asks another at its start waits for it here. A question that
# nobody takes would cost it rpc_response_timeout. One program asks all the time: when a whole cloud starts, many
# services wait so, and to begin a program at every question would take a third of the processors from those awaited.
await_rpc() {
    local complaint seconds=$((RPC_READY_SECONDS * PATIENCE))
    complaint=$(rpc_ping $seconds "$1" "$2") || {
        echo "$SERVICE $PROCESS: $complaint (for $seconds s)" >&2
        exit 1
    }
}
