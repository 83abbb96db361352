# shellcheck shell=bash
# The settings' values, each looked at by itself and beside the others; nothing is asked of the host.

# The kernel's own limit, which a host may have set lower.
FIRST_PORT=$(</proc/sys/net/ipv4/ip_unprivileged_port_start)

check_settings() {
    local name
    for name in "${SETTINGS[@]}"; do
        check_is_one_plain_line "$name"
    done
    check_roles
    check_control_node_ds_ip
    check_external_ip
    check_bridge_name
    check_interfaces_differ
    check_horizon_port
    check_passwords
}

# refuse_setting NAME REASON: the secret's value is never shown.
refuse_setting() {
    local value=${!1}
    if [[ $1 == PASSWORDS ]]; then
        refuse "PASSWORDS (${#value} characters): $2"
    fi
    refuse "$1=${value@Q}: $2"
}

check_is_one_plain_line() {
    local value=${!1} unwanted=$'[[:cntrl:]\'"\\]'
    [[ ! $value =~ $unwanted ]] ||
        refuse_setting "$1" "has a quote, a backslash or a control character (a line break?) in it; leave those out"
}

check_roles() {
    local name
    for name in CONTROL_NODE COMPUTE_NODE; do
        [[ ${!name} == true || ${!name} == false ]] ||
            refuse_setting "$name" "is neither true nor false; set one of them"
    done
    [[ $CONTROL_NODE == true || $COMPUTE_NODE == true ]] ||
        refuse "CONTROL_NODE='false', COMPUTE_NODE='false': nothing to deploy; set one of them to true"
}

check_control_node_ds_ip() {
    if [[ -n $CONTROL_NODE_DS_IP ]]; then
        is_ipv4 "$CONTROL_NODE_DS_IP" ||
            refuse_setting CONTROL_NODE_DS_IP "is not an IPv4 address; write one such as 192.168.23.11"
    elif [[ $CONTROL_NODE == false ]]; then
        refuse_setting CONTROL_NODE_DS_IP "a compute node has to know its control node; set it to that node's address on the DS network"
    fi
}

check_external_ip() {
    local mend='write an address of this host with its prefix, such as 192.168.99.1/24' address
    if is_ipv4 "$EXTERNAL_IP"; then
        refuse_setting EXTERNAL_IP "has no prefix; $mend"
    fi
    is_ipv4_with_prefix "$EXTERNAL_IP" || refuse_setting EXTERNAL_IP "is not an IPv4 address with prefix; $mend"
    ((${EXTERNAL_IP#*/} >= 8 && ${EXTERNAL_IP#*/} <= 28)) ||
        refuse_setting EXTERNAL_IP "prefix ${EXTERNAL_IP#*/} leaves no room for floating IPs, or too much; use /8 to /28"
    ((${EXTERNAL_IP%%.*} >= 1 && ${EXTERNAL_IP%%.*} <= 223 && ${EXTERNAL_IP%%.*} != 127)) ||
        refuse_setting EXTERNAL_IP "is for no host in a network (0, 127 and 224 to 255 at the front are not); $mend"
    address=$(number_of "${EXTERNAL_IP%/*}")
    ((address > $(first_of "$EXTERNAL_IP") && address < $(last_of "$EXTERNAL_IP"))) ||
        refuse_setting EXTERNAL_IP "is the network's own or its broadcast address; $mend"
    if networks_overlap "$EXTERNAL_IP" "$DEMO_NETWORK"; then
        refuse_setting EXTERNAL_IP "overlaps the demo project's network $DEMO_NETWORK; choose another network"
    fi
}

check_bridge_name() {
    [[ $EXTERNAL_BRIDGE =~ ^[A-Za-z][A-Za-z0-9_.-]*$ ]] ||
        refuse_setting EXTERNAL_BRIDGE "is not the name of a bridge; use letters, digits, '-', '_' and '.', such as br-ex"
    [[ $EXTERNAL_BRIDGE != all && $EXTERNAL_BRIDGE != default ]] ||
        refuse_setting EXTERNAL_BRIDGE "is a name that Linux keeps for itself; choose another name, such as br-ex"
    ((${#EXTERNAL_BRIDGE} <= 15)) ||
        refuse_setting EXTERNAL_BRIDGE "has ${#EXTERNAL_BRIDGE} characters; Linux takes 15, shorten it"
}

check_interfaces_differ() {
    [[ -n $DS_INTERFACE ]] || refuse_setting DS_INTERFACE "is empty; name the interface of the DS network"
    [[ $EXTERNAL_BRIDGE != "$DS_INTERFACE" ]] ||
        refuse_setting EXTERNAL_BRIDGE "is DS_INTERFACE as well; choose another name, such as br-ex"
    [[ $EXTERNAL_INTERFACE != "$DS_INTERFACE" ]] ||
        refuse_setting EXTERNAL_INTERFACE "is DS_INTERFACE as well; the external network needs an interface of its own, or none"
    [[ $EXTERNAL_INTERFACE != "$EXTERNAL_BRIDGE" ]] ||
        refuse_setting EXTERNAL_INTERFACE "is EXTERNAL_BRIDGE as well; name the physical interface to put in it, or none"
}

check_horizon_port() {
    local ports service port
    [[ $HORIZON_PORT =~ ^[1-9][0-9]{0,4}$ ]] ||
        refuse_setting HORIZON_PORT "is not a port; use a number from 1 to 65535, such as 8082"
    ((HORIZON_PORT <= 65535)) ||
        refuse_setting HORIZON_PORT "is not a port; use a number from 1 to 65535, such as 8082"
    ((HORIZON_PORT >= FIRST_PORT)) ||
        refuse_setting HORIZON_PORT "is for root alone, and Horizon does not run as root; use one from $FIRST_PORT on, such as 8082"
    ports=$(ports_of_any_node)
    while read -r service port; do
        [[ $service == horizon || $port != "$HORIZON_PORT" ]] ||
            refuse_setting HORIZON_PORT "is the port of $service; use a free one, such as 8082"
    done <<<"$ports"
}

check_passwords() {
    local LC_ALL=C
    if [[ -z $PASSWORDS && -n $(recorded_ds_address) ]]; then
        refuse_setting PASSWORDS "this cloud has a password, and $STATE_DIR/settings.sh does not remember it any more; give it once again, it is in the control node's $STATE_DIR/clouds.yaml, too, and all settings that were not at their defaults"
    fi
    if [[ -z $PASSWORDS ]]; then
        refuse_setting PASSWORDS "a compute node needs the control node's; see PASSWORDS in its $STATE_DIR/settings.sh"
    fi
    ((${#PASSWORDS} >= 8)) || refuse_setting PASSWORDS "is too short; use 8 characters or more"
    [[ $PASSWORDS =~ ^[[:graph:]]+$ ]] ||
        refuse_setting PASSWORDS "has a blank or a letter outside ASCII in it; use letters, digits and punctuation"
}
