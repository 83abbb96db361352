# shellcheck shell=bash
# A port is taken if another program than ours listens on it where we would: on all addresses, or on
# one of ours.

check_ports() {
    local ports sockets service port address pid
    local -A service_of=()
    ports=$(ports_of_node)
    while read -r service port; do
        [[ -z $port ]] || service_of[$port]=$service
    done <<<"$ports"
    sockets=$(listening_sockets)
    while read -r address port pid; do
        if [[ -v service_of[$port] ]] && would_collide "$address" && ! is_our_process "$pid"; then
            refuse_port "$port" "${service_of[$port]}" "$pid"
        fi
    done <<<"$sockets"
}

# listening_sockets: `ADDRESS PORT PID` of each; PID is `-` if the kernel or another PID namespace has it.
listening_sockets() {
    ss --no-header --listening --tcp --numeric --processes |
        sed -nE 's/^LISTEN +[0-9]+ +[0-9]+ +(\S+):([0-9]+) +\S+( .*)?$/\1 \2 \3/p' |
        sed -E 's/^(\S+ \S+) .*pid=([0-9]+).*/\1 \2/; t; s/^(\S+ \S+).*/\1 -/'
}

would_collide() {
    case ${1%\%*} in
    '*' | 0.0.0.0 | "$DS_IP") ;;
    "$EXTERNAL_ADDRESS") ;;
    *) return 1 ;;
    esac
}

is_our_process() {
    local id
    [[ -r /proc/$1/cgroup ]] || return 1
    for id in "${OUR_CONTAINERS[@]}"; do
        [[ -z $id || $(<"/proc/$1/cgroup") != *"$id"* ]] || return 0
    done
    return 1
}

refuse_port() {
    local owner='the kernel or a program in another container'
    if [[ $3 != - ]]; then
        owner="$(<"/proc/$3/comm") (pid $3)"
    fi
    if [[ $2 == horizon ]]; then
        refuse_setting HORIZON_PORT "is taken by $owner; stop that, or choose another port"
    fi
    refuse "port $1 ($2) is taken by $owner; stop that program"
}
