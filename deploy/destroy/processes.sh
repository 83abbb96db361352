# shellcheck shell=bash
# Servers and NFS clients outlive the container that started them. Whatever came out of a container
# of ours still sees the settings of this host mounted where only our containers have them.

SETTINGS_IN_CONTAINER=/etc/dietstack/settings.sh
END_SECONDS=15 # times PATIENCE

# end_servers: QEMU writes out what it has when it is asked to end.
end_servers() {
    local pid servers=()
    for pid in $(our_processes); do
        if [[ $(readlink "/proc/$pid/exe") == */qemu-system-* ]]; then
            servers+=("$pid")
        fi
    done
    end_processes "${servers[@]}"
}

end_our_processes() {
    # shellcheck disable=SC2046  # numbers
    end_processes $(our_processes)
}

our_processes() {
    local source
    [[ -d $STATE_DIR ]] || return 0
    source=$(device_and_path "$STATE_DIR")/settings.sh
    # The kernel marks a file that was replaced since.
    grep --no-messages --files-with-matches --fixed-strings \
        -e " $source $SETTINGS_IN_CONTAINER " -e " $source//deleted $SETTINGS_IN_CONTAINER " \
        /proc/[0-9]*/mountinfo | sed 's/[^0-9]//g' || true
}

# device_and_path DIRECTORY: as mountinfo has it, `MAJOR:MINOR PATH`, the path within its file system.
device_and_path() {
    local device root target
    read -r device root target < <(findmnt --noheadings --output MAJ:MIN,FSROOT,TARGET --target "$1")
    echo "$device ${root%/}${1#"${target%/}"}"
}

# end_processes PID...: asked first, then made to.
end_processes() {
    local seconds=$((END_SECONDS * PATIENCE))
    local deadline=$((SECONDS + seconds))
    signal TERM "$@"
    until all_ended "$@" || ((SECONDS >= deadline)); do
        sleep 0.1
    done
    signal KILL "$@"
    until all_ended "$@"; do
        ((SECONDS < deadline + seconds)) || fail "processes do not end: $*"
        sleep 0.1
    done
}

signal() {
    local name=$1 pid
    shift
    for pid in "$@"; do
        kill -s "$name" "$pid" 2>/dev/null || has_ended "$pid"
    done
}

all_ended() {
    local pid
    for pid in "$@"; do
        has_ended "$pid" || return 1
    done
}

# has_ended PID: with all its threads; also if only its parent has not taken notice yet.
has_ended() {
    ! grep -q '^[^ZX]' <(sed 's/.*) //' "/proc/$1"/task/*/stat 2>/dev/null)
}
