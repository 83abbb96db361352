# shellcheck shell=bash
image=mariadb
ports=(control:3306)

containers() {
    on control container mariadb "${GOES_FIRST[@]}" -v "$STATE_DIR/mariadb:/var/lib/mysql"
}
