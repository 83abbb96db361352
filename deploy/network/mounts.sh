# shellcheck shell=bash
# Directories whose mounts every container sees: the NFS volumes that cinder and nova mount, and the
# network namespaces of the neutron agents. A mount propagates only through a shared mount point.

raise_mounts() {
    share_directory "$STATE_DIR/mnt"
    share_directory /run/netns
}

# share_directory DIRECTORY: a mount point of its own, so that its propagation is nobody else's affair.
share_directory() {
    mkdir -p "$1"
    if ! is_mount_point "$1"; then
        remember "mount.$1" absent
        mount --bind "$1" "$1"
    fi
    mount --make-rshared "$1"
}

# lower_mounts: /run/netns stays if somebody else keeps a namespace in it.
lower_mounts() {
    unmount_below "$STATE_DIR/mnt"
    unmount_all "$STATE_DIR/mnt"
    if [[ -d /run/netns && -n $(remembered mount./run/netns) && -z $(ls -A /run/netns) ]]; then
        unmount_all /run/netns
        rmdir /run/netns
    fi
}

# unmount_below DIRECTORY: every mount in it, the innermost first.
unmount_below() {
    local targets target
    targets=$(mounts_below "$1" | sort --reverse --unique)
    for target in $targets; do
        unmount_all "$target"
    done
}

mounts_below() {
    awk -v top="$1/" 'index($5, top) == 1 { print $5 }' /proc/self/mountinfo
}

# unmount_all TARGET: mounts may be stacked, and a network file system may have lost its server, when
# nothing may so much as look at it.
unmount_all() {
    while is_mount_point "$1"; do
        timeout --signal KILL 10 umount --no-canonicalize "$1" ||
            umount --no-canonicalize --force --lazy "$1"
    done
}

is_mount_point() {
    awk -v target="$1" '$5 == target { found = 1 } END { exit !found }' /proc/self/mountinfo
}
