# shellcheck shell=bash
# Kernel switches: bridged frames pass the security groups' rules, and the host routes.

raise_bridge_filtering() {
    if [[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
        modprobe br_netfilter
        remember module.br_netfilter absent
    fi
    raise_sysctl net/bridge/bridge-nf-call-iptables 1
    raise_sysctl net/bridge/bridge-nf-call-ip6tables 1
}

# Docker turns forwarding on as it starts, and closes the FORWARD chain in the same breath, but only
# if it finds forwarding off. So nothing of ours may turn it on before Docker had its turn.
raise_forwarding() {
    raise_sysctl net/ipv4/ip_forward 1
}

lower_sysctls() {
    local key
    for key in $(remembered_keys sysctl.); do
        write_sysctl "${key#sysctl.}" "$(remembered "$key")"
    done
    if [[ -n $(remembered module.br_netfilter) ]] && ! modprobe -r br_netfilter 2>/dev/null; then
        # Somebody else uses the module by now; without our switches it filters nothing.
        write_sysctl net/bridge/bridge-nf-call-iptables 0
        write_sysctl net/bridge/bridge-nf-call-ip6tables 0
    fi
}

# raise_sysctl NAME VALUE
raise_sysctl() {
    local before
    before=$(<"/proc/sys/$1")
    if [[ $before != "$2" ]]; then
        remember "sysctl.$1" "$before"
        write_sysctl "$1" "$2"
    fi
}

write_sysctl() {
    if [[ -e /proc/sys/$1 ]]; then
        echo "$2" >"/proc/sys/$1"
    fi
}
