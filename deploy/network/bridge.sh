# shellcheck shell=bash
# The external bridge: EXTERNAL_IP is on it, the routers' ports are put into it by neutron, and
# EXTERNAL_INTERFACE, if there is one. Its alias says that it is ours.

BRIDGE_ALIAS=dietstack
UNFINISHED_BRIDGE=dietstack-new # its name until it has its alias

raise_bridge() {
    is_our_bridge "$EXTERNAL_BRIDGE" || make_bridge
    give_bridge_its_address
    unplug_former_interfaces
    if [[ -n $EXTERNAL_INTERFACE ]]; then
        plug_external_interface
    fi
}

# wait_for_external_interface: while the host boots; without it the rest is raised all the same.
wait_for_external_interface() {
    local seconds=$((30 * PATIENCE))
    local deadline=$((SECONDS + seconds))
    until [[ -z $EXTERNAL_INTERFACE ]] || link_exists "$EXTERNAL_INTERFACE"; do
        if ((SECONDS >= deadline)); then
            complain warning "EXTERNAL_INTERFACE='$EXTERNAL_INTERFACE' did not appear within $seconds s"
            return
        fi
        sleep 0.2
    done
}

# lower_bridges: takes away every bridge of ours; what is plugged in gets its old state back, and what was before is
# somebody else's by now.
lower_bridges() {
    local bridge key link
    for key in $(remembered_keys link.); do
        link=${key#link.}
        if link_exists "$link" && is_our_bridge "$(master_of "$link")"; then
            ip link set dev "$link" "$(remembered "$key")"
        fi
    done
    for bridge in $(our_bridges); do
        ip link delete dev "$bridge"
    done
}

# The address is set by hand, or the kernel would change it with every port that comes or goes and
# all neighbours would have to learn it anew.
make_bridge() {
    local address
    address=$(mac_of "$EXTERNAL_INTERFACE")
    ! link_exists "$UNFINISHED_BRIDGE" || ip link delete dev "$UNFINISHED_BRIDGE"
    ip -batch - <<-END
		link add name $UNFINISHED_BRIDGE address $address type bridge forward_delay 0 stp_state 0 nf_call_iptables 1 nf_call_ip6tables 1
		link set dev $UNFINISHED_BRIDGE alias $BRIDGE_ALIAS
		link set dev $UNFINISHED_BRIDGE name $EXTERNAL_BRIDGE
	END
}

# mac_of INTERFACE: its own, so that networks that admit one address a port admit the bridge; a
# locally administered one without an interface.
mac_of() {
    if link_exists "$1"; then
        ip -o link show dev "$1" | sed -E 's/.*link\/ether ([0-9a-f:]+).*/\1/'
    else
        od -An -N5 -tx1 /dev/urandom | sed 's/^ /02:/; s/ /:/g'
    fi
}

plug_external_interface() {
    if [[ $(master_of "$EXTERNAL_INTERFACE") != "$EXTERNAL_BRIDGE" ]]; then
        remember "link.$EXTERNAL_INTERFACE" "$(state_of "$EXTERNAL_INTERFACE")"
        ip link set dev "$EXTERNAL_INTERFACE" master "$EXTERNAL_BRIDGE"
    fi
    ip link set dev "$EXTERNAL_INTERFACE" up
}

# An interface that EXTERNAL_INTERFACE named in an earlier run.
unplug_former_interfaces() {
    local key link
    for key in $(remembered_keys link.); do
        link=${key#link.}
        if [[ $link != "$EXTERNAL_INTERFACE" ]] && link_exists "$link" &&
            [[ $(master_of "$link") == "$EXTERNAL_BRIDGE" ]]; then
            ip link set dev "$link" "$(remembered "$key")"
            ip link set dev "$link" nomaster
        fi
    done
}

give_bridge_its_address() {
    local address
    ip link set dev "$EXTERNAL_BRIDGE" up
    for address in $(addresses_of "$EXTERNAL_BRIDGE"); do
        [[ $address == "$EXTERNAL_IP" ]] || ip address delete "$address" dev "$EXTERNAL_BRIDGE"
    done
    ip address replace "$EXTERNAL_IP" broadcast + dev "$EXTERNAL_BRIDGE"
}

is_our_bridge() {
    [[ " $(our_bridges | tr '\n' ' ')" == *" $1 "* ]]
}

# our_bridges: names of the bridges with our alias (`ip -o` folds it into the link's line), and of an unfinished one.
our_bridges() {
    ip -o link show type bridge | awk -v alias="$BRIDGE_ALIAS" -v unfinished="$UNFINISHED_BRIDGE" '
        { sub(/:$/, "", $2) }
        $2 == unfinished || /\\ +alias / && $NF == alias { print $2 }'
}

# master_of LINK: the bridge or bond it is a port of; nothing if it is its own master.
master_of() {
    ip -o link show dev "$1" | sed -nE 's/.* master ([^ ]+) .*/\1/p'
}

addresses_of() {
    ip -4 -o address show dev "$1" | awk '{ print $4 }'
}

state_of() {
    if [[ $(ip -o link show dev "$1") =~ [\<,]UP[,\>] ]]; then
        echo up
    else
        echo down
    fi
}
