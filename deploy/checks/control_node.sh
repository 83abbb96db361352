# shellcheck shell=bash
# A compute node joins a control node that answers, has the same release, takes our secret, shows the same time and has
# no other node of our name. Tokens and database rows expire by the clock: two that differ break in odd ways.

CLOCK_TOLERANCE=5 # seconds

check_control_node() {
    [[ $CONTROL_NODE == false ]] || return 0
    check_control_node_release
    check_control_node_token
}

check_control_node_release() {
    local release
    release=$(ask_control_node --fail /dietstack) ||
        refuse_setting CONTROL_NODE_DS_IP "no DietStack answers at http://$CONTROL_IP:5000/dietstack; deploy the control node first, and check address and cabling"
    # shellcheck disable=SC2153  # load_settings sets RELEASE
    [[ $release == "$RELEASE" ]] ||
        refuse_setting CONTROL_NODE_DS_IP "the control node runs release ${release@Q}, this is $RELEASE; use the same release on both"
}

check_control_node_token() {
    local before after answer status
    before=$(microseconds)
    answer=$(token_request nova "$(secret nova)" service | ask_control_node /v3/auth/tokens --data @- --include \
        --header 'Content-Type: application/json' --write-out '\n%{http_code}') ||
        refuse_setting CONTROL_NODE_DS_IP "Keystone there gives no answer; look at the control node"
    after=$(microseconds)
    status=${answer##*$'\n'}
    case $status in
    201) ;;
    401) refuse_setting PASSWORDS "the control node refuses it; set the one in its $STATE_DIR/settings.sh" ;;
    *) refuse_setting CONTROL_NODE_DS_IP "Keystone there answers HTTP $status; look at the control node" ;;
    esac
    [[ $answer =~ \"issued_at\":\ *\"([^\"]+)\" ]] ||
        refuse_setting CONTROL_NODE_DS_IP "Keystone there gives a token without issued_at; look at the control node"
    check_clock "$(date --date "${BASH_REMATCH[1]}" +%s)" "$before" "$after"
    [[ $answer =~ [Xx]-[Ss]ubject-[Tt]oken:\ *([^[:space:]]+) ]] ||
        refuse_setting CONTROL_NODE_DS_IP "Keystone there gives no token; look at the control node"
    check_name_is_free "${BASH_REMATCH[1]}"
}

# check_clock ISSUED BEFORE AFTER: a token was issued in the second ISSUED of the control node's
# clock, between BEFORE and AFTER (microseconds) of ours. Half the round trip is nobody's fault.
check_clock() {
    local issued=$(($1 * 1000000 + 500000)) middle=$((($2 + $3) / 2)) half=$((($3 - $2) / 2))
    local off=$((middle - issued))
    ((${off#-} <= CLOCK_TOLERANCE * 1000000 + half)) ||
        refuse "clock: $((off / 1000000)) s off the control node's ($CONTROL_IP), $CLOCK_TOLERANCE s allowed; set both by NTP"
}

# ask_control_node PATH [OPTIONS OF curl]: without proxies, the DS network is at hand.
ask_control_node() {
    local arguments=() argument
    for argument in "$@"; do
        [[ $argument == /* ]] && argument=http://$CONTROL_IP:5000$argument
        arguments+=("$argument")
    done
    curl --silent --noproxy '*' --connect-timeout $((5 * PATIENCE)) --max-time $((30 * PATIENCE)) "${arguments[@]}"
}

token_request() { # USER PASSWORD PROJECT
    cat <<-END
		{"auth": {
		    "identity": {"methods": ["password"], "password": {"user": {
		        "name": "$1", "domain": {"name": "Default"}, "password": "$2"}}},
		    "scope": {"project": {"name": "$3", "domain": {"name": "Default"}}}}}
	END
}

microseconds() {
    echo "${EPOCHREALTIME//[.,]/}"
}
