# shellcheck shell=bash

# remove_cgroups: those into which processes were moved that had to outlive their container. Machines
# that are containers of this host may have theirs in the same place.
remove_cgroups() {
    local cgroups cgroup
    cgroups=$(find /sys/fs/cgroup -maxdepth 2 -type d -name dietstack)
    for cgroup in $cgroups; do
        [[ -n $(<"$cgroup/cgroup.procs") ]] || rmdir "$cgroup"
    done
}
