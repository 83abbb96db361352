# shellcheck shell=bash
# The interfaces that the settings name, on this host.

check_ds_interface() {
    local address
    link_exists "$DS_INTERFACE" ||
        refuse_setting DS_INTERFACE "there is no such interface on this host; choose one of: $(names_of_links)"
    [[ -n $DS_IP ]] ||
        refuse_setting DS_INTERFACE "has no IPv4 address; give it one (ip address add ... dev $DS_INTERFACE) or choose another interface"
    # The NFS server lets in that network; a link from point to point has none, only the address of its other end.
    address=$(ds_address)
    [[ $address == */* && $address != */32 ]] ||
        refuse_setting DS_INTERFACE "its address $DS_IP is in no network, as on a link from point to point; set it with the prefix of the DS network, such as $DS_IP/24, or choose another interface"
    if [[ $CONTROL_NODE == false && $DS_IP == 127.* ]]; then
        refuse_setting DS_INTERFACE "no control node is reached by $DS_IP; name the interface of the DS network"
    fi
    if [[ $CONTROL_NODE == true && -n $CONTROL_NODE_DS_IP && $CONTROL_NODE_DS_IP != "$DS_IP" ]]; then
        refuse_setting CONTROL_NODE_DS_IP "this control node has $DS_IP on $DS_INTERFACE; leave it empty, or set CONTROL_NODE=false"
    fi
}

# Without its settings, a cloud of several machines would move to lo, away from them.
check_ds_interface_is_remembered() {
    local before
    before=$(recorded_ds_address)
    [[ -n $before && $before != "$DS_IP" && ! -f $STATE_DIR/settings.sh ]] || return 0
    refuse_setting DS_INTERFACE "its address is $DS_IP, this cloud was made on $before, and $STATE_DIR/settings.sh is gone; name the interface with that address, and give all other settings that were not at their defaults, once again"
}

# Cinder and Nova note for each volume where it is mounted from.
check_volumes_stay_where_they_are() {
    local before
    before=$(recorded_ds_address)
    [[ $CONTROL_NODE == true && -n $before && $before != "$DS_IP" ]] || return 0
    ! compgen -G "$STATE_DIR/volumes/volume-*" >/dev/null ||
        refuse_setting DS_INTERFACE "its address is $DS_IP, and the volumes of this cloud are mounted from $before; keep that address, or delete the volumes first"
}

check_external_bridge() {
    [[ $CONTROL_NODE == true ]] || return 0
    if link_exists "$EXTERNAL_BRIDGE" && ! is_our_bridge "$EXTERNAL_BRIDGE"; then
        refuse_setting EXTERNAL_BRIDGE "an interface of that name is there and not ours; choose another name, or remove it (ip link delete $EXTERNAL_BRIDGE)"
    fi
}

# Its addresses are not moved to the bridge: whoever configures the interface (DHCP, networkd,
# ifupdown) would bring them back, and a host that is reached by it would be lost on the way.
check_external_interface() {
    local address master
    [[ $CONTROL_NODE == true && -n $EXTERNAL_INTERFACE ]] || return 0
    link_exists "$EXTERNAL_INTERFACE" ||
        refuse_setting EXTERNAL_INTERFACE "there is no such interface on this host; choose one of: $(names_of_links)"
    [[ $(ip -o link show dev "$EXTERNAL_INTERFACE") == *' link/ether '* ]] ||
        refuse_setting EXTERNAL_INTERFACE "is no Ethernet, and a bridge takes nothing else; name a physical interface, or none"
    [[ -z $(ip -o link show dev "$EXTERNAL_INTERFACE" type bridge) ]] ||
        refuse_setting EXTERNAL_INTERFACE "is a bridge, and a bridge takes no other; name a physical interface, or none"
    address=$(addresses_of "$EXTERNAL_INTERFACE" | head -n 1)
    [[ -z $address ]] ||
        refuse_setting EXTERNAL_INTERFACE "carries $address; use an interface without an address of its own, or remove it (ip address delete $address dev $EXTERNAL_INTERFACE)"
    master=$(master_of "$EXTERNAL_INTERFACE")
    [[ -z $master || $master == "$EXTERNAL_BRIDGE" ]] ||
        refuse_setting EXTERNAL_INTERFACE "is a port of $master already; use an interface that is free"
}

names_of_links() {
    ip -o link show | awk '{ sub(/[:@].*/, "", $2); printf "%s%s", separator, $2; separator = " " }'
}
