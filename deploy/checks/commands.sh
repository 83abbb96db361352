# shellcheck shell=bash

COMMANDS=(awk curl docker findmnt flock ip ip6tables ipset iptables modprobe nft ss unshare)

check_commands() {
    local command missing=()
    for command in "${COMMANDS[@]}"; do
        type -P "$command" >/dev/null || missing+=("$command")
    done
    ((${#missing[@]} == 0)) ||
        refuse "missing on this host: ${missing[*]}; install with ./install_requirements.sh"
}
