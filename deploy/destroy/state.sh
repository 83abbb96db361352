# shellcheck shell=bash

RUNTIME_DIR=/run/dietstack

# remove_state KEEP_DATA: what is kept is what the next runds.sh takes up, not how the host was.
remove_state() {
    rm -rf "$RUNTIME_DIR"
    if [[ $1 == true ]]; then
        rm -rf "$STATE_DIR/network/deploy"
    elif is_mount_point "$STATE_DIR"; then
        find "$STATE_DIR" -xdev -mindepth 1 -delete
    else
        rm -rf --one-file-system "$STATE_DIR"
    fi
}
