# shellcheck shell=bash
# EXTERNAL_IP's network must be nobody else's, and stay what it was.

check_external_network() {
    [[ $CONTROL_NODE == true ]] || return 0
    check_external_network_is_the_recorded_one
    check_external_network_is_free
}

check_external_network_is_free() {
    local addresses ds link address
    ds=$(ds_address)
    if networks_overlap "$EXTERNAL_IP" "$ds"; then
        refuse_setting EXTERNAL_IP "overlaps the DS network $(network_of "$ds") on $DS_INTERFACE; choose another network"
    fi
    # On a link from point to point it is the address of the other end that has the prefix.
    addresses=$(ip -4 -o address show | awk '{ print $2, $4 ~ "/" ? $4 : $6 }')
    while read -r link address; do
        if networks_overlap "$EXTERNAL_IP" "$address" && ! is_our_bridge "$link"; then
            refuse_setting EXTERNAL_IP "overlaps the network $(network_of "$address") of this host on $link; choose another network"
        fi
    done <<<"$addresses"
}

check_external_network_is_the_recorded_one() {
    local address bridge
    read -r address bridge < <(recorded_external_network) || return 0
    [[ $EXTERNAL_IP == "$address" ]] ||
        refuse_setting EXTERNAL_IP "this cloud was made with $address, which its floating IPs come from; keep that, or start anew with ./destroyds.sh"
    [[ $EXTERNAL_BRIDGE == "$bridge" ]] ||
        refuse_setting EXTERNAL_BRIDGE "this cloud was made with $bridge; keep that, or start anew with ./destroyds.sh"
}
