# shellcheck shell=bash

# remove_containers KEEP_DATA: all but the NFS server, which the servers' volumes still need. Whose data
# stays, is asked to end and not cut short.
remove_containers() {
    local ids
    ids=$(containers_labelled dietstack | grep -vxF "$(containers_labelled dietstack=nfs)") || true
    if [[ $1 == true ]]; then
        docker_for_each stop "$ids"
    fi
    docker_for_each 'rm --force --volumes' "$ids"
}

remove_nfs_server() {
    docker_for_each 'rm --force --volumes' "$(containers_labelled dietstack)"
}

containers_labelled() {
    if type -P docker >/dev/null; then
        docker ps --all --quiet --no-trunc --filter "label=$1"
    fi
}

# docker_for_each COMMAND IDS: several at the same time, each waits for its own end.
docker_for_each() {
    # shellcheck disable=SC2086  # COMMAND with its options
    xargs --no-run-if-empty --max-args 1 --max-procs 8 docker $1 >/dev/null <<<"$2"
}
