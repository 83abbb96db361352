# shellcheck shell=bash
# Services, routers and volumes are registered under the node's name: it stays.

check_name_stays() {
    local before
    before=$(recorded name)
    [[ -z $before || $before == "$NODE_NAME" ]] ||
        refuse "hostname '$NODE_NAME': this node is registered as '$before'; set it back (hostnamectl set-hostname $before), or begin anew: ./destroyds.sh"
}
