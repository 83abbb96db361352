# shellcheck shell=bash

COMMANDS=(awk curl docker flock ip ip6tables ipset iptables modprobe mountpoint nft openssl ss unshare)

check_commands() {
    local command missing=()
    for command in "${COMMANDS[@]}"; do
        type -P "$command" >/dev/null || missing+=("$command")
    done
    ((${#missing[@]} == 0)) ||
        refuse "missing on this host: ${missing[*]}; install with ./install_requirements.sh"
}
