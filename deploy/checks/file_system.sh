# shellcheck shell=bash
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
