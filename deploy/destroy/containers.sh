# shellcheck shell=bash

REMOVE_SECONDS=60 # times PATIENCE

# remove_containers KEEP_DATA: first the keepers, which would bring others back; then all but the NFS
# server, which the servers' volumes still need. If data is kept, the services are asked to end, and
# not cut short.
remove_containers() {
    local ids
    remove_all containers_labelled dietstack=keeper
    if [[ $1 == true ]]; then
        ids=$(containers_but_nfs)
        docker_for_each stop "$ids" || fail 'a container does not stop'
    fi
    remove_all containers_but_nfs
}

remove_nfs_server() {
    remove_all containers_labelled dietstack
}

# remove_all LIST_COMMAND...: until that lists none. An earlier run that was killed may have left one
# whose removal Docker is still at.
remove_all() {
    local ids deadline=$((SECONDS + REMOVE_SECONDS * PATIENCE))
    ids=$("$@")
    while [[ -n $ids ]]; do
        if ! docker_for_each 'rm --force --volumes' "$ids"; then
            ((SECONDS < deadline)) || fail "Docker does not remove: $ids"
            sleep 0.2
        fi
        ids=$("$@")
    done
}

containers_but_nfs() {
    containers_labelled dietstack | grep -vxF "$(containers_labelled dietstack=nfs)" || true
}

containers_labelled() {
    docker ps --all --quiet --no-trunc --filter "label=$1"
}

# docker_for_each COMMAND IDS: several at the same time, each waits for its own end.
docker_for_each() {
    # shellcheck disable=SC2086  # COMMAND with its options
    xargs --no-run-if-empty --max-args 1 --max-procs 8 docker $1 >/dev/null <<<"$2"
}
