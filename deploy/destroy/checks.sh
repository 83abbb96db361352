# shellcheck shell=bash

# check_everything_can_be_removed KEEP_DATA
check_everything_can_be_removed() {
    local command mount
    check_root
    for command in ip ipset iptables ip6tables nft; do
        type -P "$command" >/dev/null || refuse "missing on this host: $command; install with ./install_requirements.sh"
    done
    if type -P docker >/dev/null; then
        check_docker
    fi
    if [[ $1 == false ]]; then
        mount=$(mounts_below "$STATE_DIR" | grep -v "^$STATE_DIR/mnt\(/\|$\)" | head -n 1) || true
        [[ -z $mount ]] || refuse "$mount is a mount of your own: unmount it first, or keep it with --keep-data"
    fi
}
