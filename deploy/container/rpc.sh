# shellcheck shell=bash

# rpc_ping EXCHANGE TOPIC: an RPC server answers over RabbitMQ; one line on stdout when it does not.
rpc_ping() {
    /opt/openstack/bin/python3 -I /opt/dietstack/rpc-ping "$CONTROL_IP" "$1" "$2" 2>&1 <<<"$RABBITMQ_PASSWORD"
}

# await_rpc EXCHANGE TOPIC: a service that asks another at its start waits for it here. A question that
# nobody takes would cost it rpc_response_timeout.
await_rpc() {
    until rpc_ping "$1" "$2" >/dev/null; do
        sleep 0.5
    done
}
