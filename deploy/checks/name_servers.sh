# shellcheck shell=bash
# A cloud works without names; whoever wonders later why its servers find none is told now.

check_name_servers() {
    local servers
    [[ $CONTROL_NODE == true ]] || return 0
    servers=$([[ ! -r $RESOLV_CONF ]] || awk '$1 == "nameserver" { print $2 }' "$RESOLV_CONF" | paste -s -d ' ')
    [[ -z $servers ]] || usable_resolv_conf >/dev/null ||
        note "$RESOLV_CONF names only $servers, which servers of the cloud cannot ask: they resolve no names outside; name another one there"
}
