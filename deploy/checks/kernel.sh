# shellcheck shell=bash
# What the kernel has to be able to do, really tried in a network namespace that is thrown away. Only
# br_netfilter is asked for without loading it: loaded, it would already change the host's bridges.

check_kernel() {
    local missing
    missing=$({
        missing_in_namespace
        has_bridge_filtering || echo 'bridge packet filtering (br_netfilter)'
        has_nfs_client || echo 'an NFS client (nfs, or fuse with /dev/fuse)'
    } | paste -s -d '|' | sed 's/|/, /g')
    [[ -z $missing ]] ||
        refuse "the kernel $(uname -r) lacks: $missing; boot one that has it, such as Debian's linux-image-amd64"
}

missing_in_namespace() {
    unshare --net bash <<-'END' 2>/dev/null || echo 'network namespaces (CONFIG_NET_NS)'
		try() {
		    local name=$1
		    shift
		    "$@" >/dev/null 2>&1 || echo "$name"
		}
		try 'VXLAN (vxlan)' ip link add probe-vxlan type vxlan id 1 dstport 4789
		try 'bridges (bridge)' ip link add probe-bridge type bridge
		try 'virtual Ethernet pairs (veth)' ip link add probe-veth type veth peer name probe-peer
		try 'tap devices (tun, with /dev/net/tun)' ip tuntap add dev probe-tap mode tap
		try 'masquerading (nf_tables, nft_compat, nft_masq)' iptables --wait -t nat -A POSTROUTING -j MASQUERADE
		try 'IPv6 packet filtering (nf_tables)' ip6tables --wait -A FORWARD -j ACCEPT
		try 'filtering of frames (nf_tables, nf_tables_bridge)' nft 'add table bridge probe
		    add chain bridge probe from_port { type filter hook prerouting priority filter; }'
		try 'IP sets (ip_set)' ipset create probe hash:net
		true
	END
}

has_bridge_filtering() {
    [[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]] || modprobe --dry-run --quiet br_netfilter
}

has_nfs_client() {
    has_file_system nfs || { has_file_system fuse && [[ -c /dev/fuse ]]; }
}

has_file_system() {
    grep -qw "$1" /proc/filesystems || modprobe --dry-run --quiet "$1"
}
