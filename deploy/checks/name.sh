# shellcheck shell=bash
# Services, routers and volumes are registered under the node's name: it stays, and no two nodes share one.

check_name_stays() {
    local before
    before=$(recorded name)
    [[ -z $before || $before == "$NODE_NAME" ]] ||
        refuse "hostname '$NODE_NAME': this node is registered as '$before'; set it back (hostnamectl set-hostname $before), or begin anew: ./destroyds.sh"
}

# check_name_is_free TOKEN: only a node that joins is asked, one that is in knows its own name. The address tells it
# from a namesake; an agent counts as alive for 75 s after its end.
check_name_is_free() {
    local address
    [[ -z $(recorded name) ]] && ! cloud_runs || return 0
    address=$(address_of_namesake "$1") || return 0
    [[ -z $address || $address == "$DS_IP" ]] ||
        refuse "hostname '$NODE_NAME': the node at $address has it in this cloud; give this one another (hostnamectl set-hostname ...), or wait two minutes if it was this one that had that address"
}

# address_of_namesake TOKEN: that on the DS network of the node whose Linux bridge agent lives under our name.
address_of_namesake() {
    ask_control_node "http://$CONTROL_IP:9696/v2.0/agents" --get --data-urlencode "host=$NODE_NAME" \
        --data alive=true --data fields=configurations --header @- <<<"X-Auth-Token: $1" |
        sed -nE 's/.*"tunneling_ip": *"([^"]+)".*/\1/p'
}
