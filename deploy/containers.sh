# shellcheck shell=bash
# Containers as the service folders declare them: created when missing, when anything that goes into
# them changed, or when they do not work; left alone otherwise.

# A container in one line, as look_at_docker reads it.
AS_WORDS='{{.Name}} {{with index .Config.Labels "dietstack.fingerprint"}}{{.}}{{else}}-{{end}}'
AS_WORDS+=' {{.State.Status}} {{with .State.Health}}{{.Status}}{{else}}-{{end}} {{.State.Pid}}'
AS_WORDS+='{{range .Mounts}}{{if eq .Type "bind"}} {{.Source}}={{.Destination}}{{end}}{{end}}'

REMOVE_SECONDS=60 # times PATIENCE

# on ROLE COMMAND...: runs it on a node that has the role.
on() {
    local role=$1
    shift
    case $role in
    control) [[ $CONTROL_NODE == true ]] || return 0 ;;
    compute) [[ $COMPUTE_NODE == true ]] || return 0 ;;
    esac
    "$@"
}

# each_container SERVICE HANDLER: calls HANDLER SERVICE PROCESS [docker run option...] for each
# container that SERVICE has on this node.
each_container() {
    local service=$1
    handler=$2
    source "$SERVICES_DIR/$service/service.sh"
    containers
}

container() {
    "$handler" "$service" "$@"
}

container_name() { # SERVICE PROCESS
    [[ $1 == "$2" ]] && echo "dietstack-$1" || echo "dietstack-$1-$2"
}

# start_service SERVICE: all its containers run with what is in force now.
start_service() {
    each_container "$1" start_container
}

# start_container SERVICE PROCESS [docker run option...]
start_container() {
    local service=$1 process=$2 name fingerprint
    shift 2
    name=$(container_name "$service" "$process")
    mkdir -p "$STATE_DIR/config/$service" "$STATE_DIR/log/$service"
    fingerprint=$(fingerprint_of "$service" "$process" "$image" "$@")
    case ${RUNNING[$name]-} in
    "$fingerprint running") return 0 ;;
    '') ;;
    *) remove_container "$name" ;;
    esac
    common_options "$service" "$process"
    docker run --detach --name "$name" --restart unless-stopped \
        --label dietstack="$service" --label dietstack.fingerprint="$fingerprint" \
        --health-cmd "/opt/dietstack/health $service $process" \
        --health-interval $((30 * PATIENCE))s --health-timeout $((20 * PATIENCE))s --health-retries 3 \
        --stop-timeout $((10 * PATIENCE)) \
        "${options[@]}" "$@" "dietstack/$image:$RELEASE" "$service" "$process" >/dev/null
}

# remove_container NAME: also one that Docker is still removing for an earlier run, which was killed.
remove_container() {
    local complaint deadline=$((SECONDS + REMOVE_SECONDS * PATIENCE))
    until complaint=$(docker rm --force "$1" 2>&1 >/dev/null) || [[ $complaint == *'No such container'* ]]; do
        ((SECONDS < deadline)) || fail "Docker does not remove $1: $complaint"
        sleep 0.2
    done
}

# run_once SERVICE JOB: runs a job of the service to its end, without a trace, with its `job_options`.
run_once() {
    local options job_options=()
    source "$SERVICES_DIR/$1/service.sh"
    mkdir -p "$STATE_DIR/config/$1" "$STATE_DIR/log/$1"
    common_options "$1" "$2"
    docker run --rm --label dietstack="$1" --label dietstack.job "${options[@]}" "${job_options[@]}" \
        "dietstack/$image:$RELEASE" "$1" "$2"
}

# inside CONTAINER COMMAND...: runs it there with this standard input, for so long at most: what it asks may take the
# question and never answer. What waits itself, until READY_SECONDS, is left the time to say for what.
inside() {
    local seconds=$((2 * READY_SECONDS * PATIENCE)) status=0
    docker exec --interactive "$1" timeout "$seconds" "${@:2}" || status=$?
    ((status != 124)) || echo "${*:2} in $1: not done within $seconds s" >&2
    return "$status"
}

# common_options SERVICE PROCESS: what every container gets, in the array `options`. A file is mounted with --mount:
# with -v, Docker would make a directory of one that is gone.
common_options() {
    options=(--network host --init --ulimit nofile=16384:16384 --log-opt max-size=5m --log-opt max-file=2
        --mount "type=bind,src=$STATE_DIR/settings.sh,dst=/etc/dietstack/settings.sh,readonly"
        -v "$STATE_DIR/config/$1:/etc/dietstack/config:ro"
        -v "$STATE_DIR/log/$1:/var/log/dietstack"
        --env DS_IP="$DS_IP" --env CONTROL_IP="$CONTROL_IP" --env EXTERNAL_ADDRESS="$EXTERNAL_ADDRESS"
        --env NODE_NAME="$NODE_NAME" --env VIRT_TYPE="$VIRT_TYPE" --env RELEASE="$RELEASE"
        --env STATE_DIR="$STATE_DIR" --env PATIENCE="$PATIENCE"
        --env no_proxy='*' --env NO_PROXY='*') # a proxy that Docker gives its containers reaches none of ours
}

# fingerprint_of SERVICE PROCESS IMAGE [option...]: changes when anything changes that the container is made of.
fingerprint_of() {
    local service=$1 process=$2 image=$3 options
    shift 3
    common_options "$service" "$process"
    {
        printf '%s\n' "${IMAGE_IDS["dietstack/$image:$RELEASE"]}" "${options[@]}" "$@"
        cat "$STATE_DIR/settings.sh"
        find "$STATE_DIR/config/$service" -type f -exec sha256sum {} + | sort
    } | sha256sum | cut -c 1-24
}

# look_at_docker: what runs now, and of which images; once, because each question costs Docker's client.
look_at_docker() {
    local name fingerprint state health pid mounts image id
    declare -gA RUNNING=() IMAGE_IDS=()
    while read -r name fingerprint state health pid mounts; do
        # shellcheck disable=SC2086  # a word for each
        if [[ $health == unhealthy ]] || ! has_mounted "$pid" $mounts; then
            state=broken
        fi
        RUNNING[${name#/}]="$fingerprint $state"
    done < <(docker ps --all --quiet --filter label=dietstack |
        xargs --no-run-if-empty docker inspect --format "$AS_WORDS")
    while read -r image id; do
        IMAGE_IDS[$image]=$id
    done < <(docker images --no-trunc --filter reference="dietstack/*:$RELEASE" \
        --format '{{.Repository}}:{{.Tag}} {{.ID}}')
    # Broker and databases get the processor before all those that wait for them when all starts at once. Where each
    # container has a share of the processors, only a larger one lets it go first; elsewhere its priority does.
    declare -ga GOES_FIRST=(--cap-add SYS_NICE --env PRIORITY=-10)
    [[ $(docker info --format '{{.CPUShares}}') != true ]] || GOES_FIRST+=(--cpu-shares 10240)
    OPENSTACK_INPUTS=$(docker image inspect --format '{{index .Config.Labels "dietstack.inputs"}}' "dietstack/openstack:$RELEASE")
}

# has_mounted PID SOURCE=DESTINATION...: what a container has is what is there now, or a file with the same in it. It
# keeps what was deleted on the host, whatever is made anew in its place.
has_mounted() {
    local mount here there
    [[ -e /proc/$1/root/ ]] || return 0
    for mount in "${@:2}"; do
        here=${mount%%=*} there=/proc/$1/root${mount#*=}
        [[ $here -ef $there ]] || { [[ -f $here ]] && cmp --silent "$here" "$there"; } || return 1
    done
}

# await_service SERVICE: every container of it has answered its health question.
await_service() {
    each_container "$1" await_container
}

# await_container SERVICE PROCESS ...: fails at once when the container dies, with its last words.
await_container() {
    local name
    name=$(container_name "$1" "$2")
    inside "$name" /opt/dietstack/await "$1" "$2" $((READY_SECONDS * PATIENCE)) </dev/null && return
    echo "$name did not become ready; its last words:"
    docker logs --tail 15 "$name" 2>&1 || true
    tail -n 15 "$STATE_DIR/log/$1/$2.log" 2>/dev/null || true
    return 1
}
