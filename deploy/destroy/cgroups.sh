# shellcheck shell=bash

# remove_cgroups: those into which processes were moved that had to outlive their container.
remove_cgroups() {
    find /sys/fs/cgroup -depth -type d -path '*/dietstack*' -exec rmdir {} +
}
