# shellcheck shell=bash

# remove_cgroups: those into which processes were moved that had to outlive their container. Machines
# that are containers of this host may have theirs in the same place.
remove_cgroups() {
    local cgroups cgroup
    cgroups=$(find /sys/fs/cgroup -maxdepth 2 -type d -name dietstack)
    for cgroup in $cgroups; do
        [[ -n $(<"$cgroup/cgroup.procs") ]] || remove_cgroup "$cgroup"
    done
}

# The kernel may not be done yet with the last threads of a process that has ended.
remove_cgroup() {
    local deadline=$((SECONDS + END_SECONDS * PATIENCE))
    until rmdir "$1" 2>/dev/null; do
        ((SECONDS < deadline)) || fail "the cgroup $1 cannot be removed: $(rmdir "$1" 2>&1)"
        sleep 0.1
    done
}
