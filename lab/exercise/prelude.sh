# shellcheck shell=bash
# What the scripts of an exercise have at hand. They run on the host of the lab; what they type is typed in its
# machines. The variables are set by lab/exercise/script.py.
set -euo pipefail

readonly CLI=dietstack-cli

# openstack ARGS...: the command as the learner of the seat
openstack() {
    show openstack "$@"
    on control docker exec --interactive --env OS_CLIENT_CONFIG_FILE="$CREDENTIALS" --env OS_CLOUD="$SEAT_CLOUD" \
        "$CLI" openstack "$@"
}

# admin ARGS...: `openstack ARGS...` as the administrator of the cloud
admin() {
    show dslab openstack "$@"
    on control docker exec --interactive --env OS_CLOUD=dietstack-admin "$CLI" openstack "$@"
}

# on MACHINE COMMAND...: runs it there as root; one word is a line for the shell
on() {
    local machine=$1 line=$2
    shift
    (($# == 1)) || printf -v line '%q ' "$@"
    if [[ -n $SSH_CONFIG ]]; then
        ssh -F "$SSH_CONFIG" "$machine" -- "sudo bash -c ${line@Q}"
    elif ((EUID)); then
        sudo bash -c "$line"
    else
        bash -c "$line"
    fi
}

# root MACHINE COMMAND...: the same, and shown as what a learner types
root() {
    show dslab ssh "$@"
    on "$@"
}

# power on|off MACHINE: returns when it is so; the machine is told nothing
power() {
    "$LAB_PYTHON" -m lab.exercise.power "$@"
}

# put FILE: into the place where `openstack` runs, as /tmp/FILE
put() {
    on control "docker exec --interactive $CLI tee /tmp/$1 >/dev/null" <"$EXERCISE/$1"
}

# lan NAME CIDR: a network with a subnet and a router to the outside, all called so
lan() {
    openstack network create "$1" >/dev/null
    openstack subnet create "$1" --network "$1" --subnet-range "$2" >/dev/null
    openstack router create "$1" --external-gateway external >/dev/null
    openstack router add subnet "$1" "$1"
}

# server NAME NETWORK [OPTION...]: a small server that is ACTIVE
server() {
    openstack server create "$1" --image dietguest --flavor m1.nano --network "$2" --wait "${@:3}" >/dev/null
}

# floating_ip SERVER: gives it one, and prints it
floating_ip() {
    local port
    port=$(openstack port list --server "$1" -f value -c ID)
    openstack floating ip create external --port "$port" -f value -c floating_ip_address
}

# address_of SERVER: its floating IP
address_of() {
    local port
    port=$(openstack port list --server "$1" -f value -c ID)
    openstack floating ip list --port "$port" -f value -c 'Floating IP Address'
}

# gone KIND NAME...: deletes those that are there, as the administrator: `gone user mira`, `gone project library`
gone() {
    local kind name
    read -ra kind <<<"$1"
    for name in "${@:2}"; do
        ! admin "${kind[@]}" show "$name" &>/dev/null || admin "${kind[@]}" delete "$name"
    done
}

# project_gone NAME: deletes the project with all that is in it, if it is there
project_gone() {
    if is_there project Name "$1"; then
        admin project set --enable "$1"
        "$LAB_PYTHON" -m lab.exercise.project_gone "$1"
    fi
}

# is_there KIND COLUMN VALUE: whether the administrator sees one; the script ends when nothing can be seen
is_there() {
    local kind all
    read -ra kind <<<"$1"
    all=$(admin "${kind[@]}" list -f value -c "$2") || fail "the cloud does not say which there are: $1"
    grep --quiet --fixed-strings --line-regexp -- "$3" <<<"$all"
}

# revive CONTAINER: one of the control machine that was stopped runs again, one that was removed is made anew
revive() {
    on control "docker start $1 || { cd ${CHECKOUT@Q} && env --unset PATIENCE ./runds.sh; }"
}

# await SECONDS WHAT COMMAND...: until it succeeds
await() {
    local seconds=$(($1 * PATIENCE)) what=$2
    local deadline=$((SECONDS + seconds))
    shift 2
    until "$@" &>/dev/null; do
        ((SECONDS < deadline)) || fail "$what: not within $seconds s"
        sleep 0.5
    done
}

# becomes KIND NAME STATUS: waits for it, and fails at once when the thing has failed
becomes() {
    local kind status deadline=$((SECONDS + 90 * PATIENCE))
    read -ra kind <<<"$1"
    while status=$(openstack "${kind[@]}" show "$2" -f value -c status 2>/dev/null) && [[ $status != "$3" ]]; do
        [[ ${status,,} != error* || ${3,,} == error* ]] || fail "$1 $2 is $status instead of $3"
        ((SECONDS < deadline)) || fail "$1 $2 is $status, not $3"
        sleep 0.5
    done
    [[ -n $status ]] || fail "there is no $1 $2"
}

# pings ADDRESS [BYTES]: whether it answers one
pings() {
    ping -n -c 1 -W 1 -s "${2-56}" "$1" &>/dev/null
}

# fails COMMAND...: whether it does
fails() {
    ! "$@"
}

# show WORD...: as a person would type them
show() {
    local word line='$'
    for word; do
        [[ $word =~ ^[[:alnum:]_./:=,+-]+$ ]] || word=${word@Q}
        line+=" $word"
    done
    printf '%s\n' "$line" >&2
}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}
