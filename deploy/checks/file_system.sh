# shellcheck shell=bash

# Mounts and processes are told by the path that the kernel has of them, in which no link is left.
check_state_is_no_link() {
    local real
    real=$(realpath --canonicalize-missing "$STATE_DIR")
    [[ $real == "$STATE_DIR" ]] ||
        refuse "$STATE_DIR leads to $real by a symbolic link; mount the disk there instead of the link, or bind that directory (mount --rbind)"
}

# The NFS server opens files by handles, which an overlay (the inside of a container) does not have.
check_file_system() {
    local directory kind
    [[ $CONTROL_NODE == true ]] || return 0
    directory=$(existing_parent_of "$STATE_DIR")
    kind=$(stat --file-system --format %T "$directory")
    [[ $kind != overlayfs ]] ||
        refuse "$STATE_DIR is on $kind, which NFS cannot export volumes from; mount a disk or a Docker volume there (ext4, xfs or btrfs)"
}

# existing_parent_of DIRECTORY: itself, or the nearest one above it that is there.
existing_parent_of() {
    local directory=$1
    until [[ -d $directory ]]; do
        directory=$(dirname "$directory")
    done
    echo "$directory"
}
