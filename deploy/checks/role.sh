# shellcheck shell=bash
# What a node is it stays: databases and servers are not left behind by a setting.

check_role_stays() {
    local again='or begin anew: ./destroyds.sh'
    if [[ -d $STATE_DIR/mariadb ]]; then
        [[ $CONTROL_NODE == true ]] ||
            refuse_setting CONTROL_NODE "this machine is a control node, with its databases in $STATE_DIR/mariadb; leave it true, $again"
    elif [[ -d $STATE_DIR/instances ]]; then
        [[ $CONTROL_NODE == false ]] ||
            refuse_setting CONTROL_NODE "this machine is a compute node of another one; leave it false, $again"
    fi
    if [[ -d $STATE_DIR/instances ]]; then
        [[ $COMPUTE_NODE == true ]] ||
            refuse_setting COMPUTE_NODE "this machine computes, and servers are in $STATE_DIR/instances; leave it true, $again"
    elif [[ -d $STATE_DIR/mariadb && ${REMEMBERED[COMPUTE_NODE]-} == false ]]; then
        [[ $COMPUTE_NODE == false ]] ||
            refuse_setting COMPUTE_NODE "this control node does not compute; leave it false, $again"
    fi
}
