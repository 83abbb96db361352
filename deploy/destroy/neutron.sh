# shellcheck shell=bash
# What the agents leave: namespaces, links, packet filter chains and sets. Their names carry the
# first part of an identifier of Neutron, by which they differ from other people's tap0 or vxlan-lan.

UUID='[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

remove_namespaces() {
    local namespace
    for namespace in $(ip netns list | awk '{ print $1 }' | grep -xE "(qrouter|qdhcp)-$UUID"); do
        # shellcheck disable=SC2046  # numbers
        end_processes $(ip netns pids "$namespace")
        ip netns delete "$namespace"
    done
}

remove_links() {
    local link
    for link in $(our_vxlan_links) $(links_named '(tap|brq|ifb)[0-9a-f]{8}-[0-9a-f]{2}'); do
        # The end of a pair may go with its other end, which was in a namespace.
        if ! ip link delete dev "$link" 2>/dev/null && link_exists "$link"; then
            fail "the link $link cannot be removed: $(ip link delete dev "$link" 2>&1)"
        fi
    done
}

# our_vxlan_links: `vxlan-ID`, of just that ID, that learn nothing by themselves and are in nobody else's bridge.
our_vxlan_links() {
    ip -details -oneline link show type vxlan |
        sed -nE '/ master /{/ master brq[0-9a-f]{8}-[0-9a-f]{2} /!d}; s/^[0-9]+: vxlan-([0-9]+)[:@].* vxlan id \1 .* nolearning .*/vxlan-\1/p'
}

links_named() {
    names_of_links | tr ' ' '\n' | grep -xE "$1" || true
}

# The rules are taken by nft, whichever version of iptables in which container wrote them.
remove_packet_filter() {
    list_ruleset | commands_against_neutron_chains | nft --file -
    remove_own_tables
    remove_sets
}

# remove_own_tables: the agent's. `add` makes a missing one, which `delete` could not do without.
remove_own_tables() {
    local table
    for table in 'bridge linuxbridge' 'inet linuxbridge' 'arp linuxbridge' 'bridge linuxbridge_qos'; do
        nft "add table $table; delete table $table"
    done
}

# commands_against_neutron_chains: of a ruleset on stdin, what removes neutron's chains from it: first
# the jumps to them, then what is in them, then they themselves.
commands_against_neutron_chains() {
    awk '
        $1 == "table" { table = $2 " " $3; iptables = $2 ~ /^ip6?$/ && $3 ~ /^(filter|nat|mangle|raw)$/ }
        !iptables { next }
        $1 == "chain" {
            chain = $2
            if (chain ~ /^neutron-/) {
                flushes = flushes "flush chain " table " " chain "\n"
                deletes = deletes "delete chain " table " " chain "\n"
            }
        }
        chain !~ /^neutron-/ && / (jump|goto) neutron-[^ ]+ # handle [0-9]+$/ {
            jumps = jumps "delete rule " table " " chain " handle " $NF "\n"
        }
        END { printf "%s%s%s", jumps, flushes, deletes }'
}

remove_sets() {
    local set
    for set in $(ipset list -name | grep -xE 'NIPv[46][0-9a-f-]{24}(-n)?'); do
        ipset destroy "$set"
    done
}
