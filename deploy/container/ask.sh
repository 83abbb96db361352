# shellcheck shell=bash
# The questions that health checks ask. Each prints one line and fails when the answer is wrong.

source /etc/dietstack/settings.sh
source /opt/dietstack/secret.sh
source /opt/dietstack/rpc.sh

readonly TOKEN_HEADER=/run/dietstack-health-token ANSWER_SECONDS=$((8 * PATIENCE))

# ask_api PATH: the API at PATH (http://...) has to answer a request that needs a token and its database.
ask_api() {
    local url=$1 status
    [[ -s $TOKEN_HEADER ]] || issue_token
    status=$(http_status "$url" --header @"$TOKEN_HEADER")
    if [[ $status == 401 ]]; then
        issue_token
        status=$(http_status "$url" --header @"$TOKEN_HEADER")
    fi
    [[ $status == 200 ]] || complain "$url answered $status"
}

# expect_text TEXT URL: what ask_api gets from URL has to contain TEXT.
expect_text() {
    ask_api "$2"
    [[ $(curl --silent --max-time "$ANSWER_SECONDS" --header @"$TOKEN_HEADER" "$2") == *"$1"* ]] || complain "$2 does not say $1"
}

# issue_token: keystone has to give this service's user a token.
issue_token() {
    local headers token
    headers=$(printf '{"auth":{"identity":{"methods":["password"],"password":{"user":
        {"name":"%s","domain":{"id":"default"},"password":"%s"}}},
        "scope":{"project":{"name":"service","domain":{"id":"default"}}}}}' "$SERVICE" "$(secret "$SERVICE")" |
        curl --silent --max-time "$ANSWER_SECONDS" --output /dev/null --dump-header - --header 'Content-Type: application/json' \
            --data @- "http://$CONTROL_IP:5000/v3/auth/tokens") || complain "keystone gave no token"
    token=$(sed -n 's/^x-subject-token: *\([^ \r]*\).*/\1/Ip' <<<"$headers")
    [[ -n $token ]] || complain "keystone gave no token: ${headers%%$'\r'*}"
    (umask 077 && printf 'X-Auth-Token: %s\n' "$token" >"$TOKEN_HEADER")
}

http_status() { # URL [curl options]: prints 000 when nothing answered
    curl --silent --max-time "$ANSWER_SECONDS" --output /dev/null --write-out '%{http_code}' "$@" || true
}

# ask_rpc [EXCHANGE TOPIC]...: each has to answer a call over RabbitMQ. All of a container's in one command: to start
# it takes more of the processor than all other questions. `await` lets it ask for RPC_WAIT_SECONDS.
ask_rpc() {
    (($# == 0)) || rpc_ping "${RPC_WAIT_SECONDS:-0}" "$@" || exit 1
}

complain() {
    echo "$SERVICE $PROCESS: $1"
    exit 1
}

expect_status() { # STATUS URL [curl option...]
    local status
    status=$(http_status "${@:2}")
    [[ $status == "$1" ]] || complain "$2 answered $status"
}
