# shellcheck shell=bash
# What the kernel has to do for the cloud: filter bridged frames on our bridges, and route.

# The module is needed, its switches are not: they are for all bridges of the host, ours carry the
# same switch each for itself. Loaded anew, the module is told to leave the others alone.
raise_bridge_filtering() {
    if [[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; then
        remember module.br_netfilter absent
        touch "$STATE_DIR/network/br_netfilter-is-new" # until this has come to its end
        modprobe br_netfilter
    fi
    if [[ -e $STATE_DIR/network/br_netfilter-is-new ]]; then
        echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables
        echo 0 >/proc/sys/net/bridge/bridge-nf-call-ip6tables
        echo 0 >/proc/sys/net/bridge/bridge-nf-call-arptables
        rm "$STATE_DIR/network/br_netfilter-is-new"
    fi
}

# Docker turns forwarding on as it starts, and closes the FORWARD chain in the same breath, but only
# if it finds forwarding off. So nothing of ours may turn it on before Docker had its turn.
raise_forwarding() {
    local before
    before=$(</proc/sys/net/ipv4/ip_forward)
    if [[ $before != 1 ]]; then
        remember forwarding "$before"
        echo 1 >/proc/sys/net/ipv4/ip_forward
    fi
}

# lower_sysctls: the module stays if somebody else has come to use it.
lower_sysctls() {
    if [[ -n $(remembered forwarding) ]]; then
        remembered forwarding >/proc/sys/net/ipv4/ip_forward
    fi
    if [[ -n $(remembered module.br_netfilter) ]]; then
        modprobe --remove --quiet xt_physdev br_netfilter || true
    fi
}
