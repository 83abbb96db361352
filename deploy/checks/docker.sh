# shellcheck shell=bash

OUR_CONTAINERS=('') # identifiers of the running ones

# check_docker: also notes which containers of ours run, for the checks that follow.
check_docker() {
    local answer seconds=$((10 * PATIENCE))
    if ! answer=$(timeout "$seconds" docker ps --quiet --no-trunc --filter label=dietstack 2>&1); then
        refuse "Docker does not answer (${answer:-no reply within $seconds s}); start it: ./install_requirements.sh"
    fi
    mapfile -t OUR_CONTAINERS <<<"$answer"
}

# cloud_runs: a container of ours is there, so what it needs is in use already.
cloud_runs() {
    [[ -n ${OUR_CONTAINERS[0]} ]]
}
