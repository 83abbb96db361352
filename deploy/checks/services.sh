# shellcheck shell=bash
# What the service folders declare, read without deploying anything.

SERVICES_DIR=${BASH_SOURCE[0]%/*}/../services

# ports_of_node: `SERVICE PORT` for every port that this node will listen on.
ports_of_node() {
    local ports role service port
    ports=$(declared_ports)
    while read -r role service port; do
        if node_has_role "$role"; then
            echo "$service $port"
        fi
    done <<<"$ports"
}

# ports_of_any_node: the same whatever its roles.
ports_of_any_node() {
    declared_ports | cut -d ' ' -f 2-
}

# images_of_node: the names of the images that this node's containers are made of.
# shellcheck disable=SC2317  # every service.sh calls these two functions
images_of_node() (
    on() {
        if node_has_role "$1"; then
            "${@:2}"
        fi
    }
    container() {
        echo "$image"
    }
    for file in "$SERVICES_DIR"/*/service.sh; do
        . "$file"
        containers
    done | sort -u
)

# declared_ports: `ROLE SERVICE PORT` of all services.
declared_ports() (
    for file in "$SERVICES_DIR"/*/service.sh; do
        ports=()
        . "$file"
        service=$(basename "$(dirname "$file")")
        for port in "${ports[@]}"; do
            echo "${port%%:*} $service ${port#*:}"
        done
    done
)

node_has_role() {
    case $1 in
    control) [[ $CONTROL_NODE == true ]] ;;
    compute) [[ $COMPUTE_NODE == true ]] ;;
    *) fail "role '$1' in $SERVICES_DIR: neither control nor compute" ;;
    esac
}
