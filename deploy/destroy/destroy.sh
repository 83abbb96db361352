# shellcheck shell=bash
# The way back. Every step removes what is there and is content with what is not, so that a run that
# was killed is taken up by the next one. What is ours is told by a label, a name that carries a
# Neutron identifier, or the place it stands in; nothing is removed because it looks unused.

# destroy KEEP_DATA
destroy() {
    step 'containers' remove_containers "$1"
    step 'servers' end_servers
    step 'mounts' unmount_below "$STATE_DIR/mnt"
    step 'NFS server' remove_nfs_server
    step 'processes' end_our_processes
    step 'cgroups' remove_cgroups
    step 'namespaces' remove_namespaces
    step 'links' remove_links
    step 'packet filter' remove_packet_filter
    step 'network of the host' lower_network
    step 'unit' remove_unit
    step 'state' remove_state "$1"
    rm -f /run/dietstack.lock
    say 'Nothing of DietStack is left but its Docker images.'
}
