# shellcheck shell=bash

# check_everything_can_be_removed KEEP_DATA
check_everything_can_be_removed() {
    local mount
    check_root
    check_commands
    check_state_is_no_link
    load_patience
    check_docker
    if [[ $1 == false ]]; then
        mount=$(mounts_below "$STATE_DIR" | grep -v "^$STATE_DIR/mnt\(/\|$\)" | head -n 1) || true
        [[ -z $mount ]] || refuse "$mount is a mount of your own: unmount it first, or keep it with --keep-data"
    fi
}
