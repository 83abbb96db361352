# shellcheck shell=bash
# Which name servers can be asked from a network namespace of its own, as those of DHCP are: at a loopback address, such
# as the one of systemd-resolved, nobody listens there.

RESOLV_CONF=/etc/resolv.conf RESOLVED_CONF=/run/systemd/resolve/resolv.conf

# usable_resolv_conf: prints the first of the two files that names such a server; fails if neither does.
usable_resolv_conf() {
    local file
    for file in "$RESOLV_CONF" "$RESOLVED_CONF"; do
        if [[ -n $(servers_elsewhere "$file") ]]; then
            echo "$file"
            return
        fi
    done
    return 1
}

servers_elsewhere() { # FILE
    [[ ! -r $1 ]] || awk '$1 == "nameserver" && $2 !~ /^(127\.|::1$|fe80:)/ { print $2 }' "$1"
}
