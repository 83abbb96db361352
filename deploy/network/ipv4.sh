# shellcheck shell=bash
# Arithmetic on IPv4 addresses in plain bash: a host need not have anything else.

# is_ipv4 TEXT: a dotted quad, every byte in range and without leading zeros.
is_ipv4() {
    local byte='(0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])'
    [[ $1 =~ ^$byte\.$byte\.$byte\.$byte$ ]]
}

# is_ipv4_with_prefix TEXT: ADDRESS/PREFIX.
is_ipv4_with_prefix() {
    [[ $1 =~ ^([^/]+)/([0-9]|[12][0-9]|3[0-2])$ ]] && is_ipv4 "${BASH_REMATCH[1]}"
}

# first_of ADDRESS/PREFIX, last_of ADDRESS/PREFIX: the ends of its network, as numbers.
first_of() {
    local bits=$((32 - ${1#*/}))
    echo $(($(number_of "${1%/*}") >> bits << bits))
}

last_of() {
    local bits=$((32 - ${1#*/}))
    echo $(($(first_of "$1") + (1 << bits) - 1))
}

# networks_overlap A/PREFIX B/PREFIX
networks_overlap() {
    (($(first_of "$1") <= $(last_of "$2") && $(first_of "$2") <= $(last_of "$1")))
}

# network_of ADDRESS/PREFIX: the network it is in, in the same notation.
network_of() {
    local first
    first=$(first_of "$1")
    echo "$((first >> 24)).$((first >> 16 & 255)).$((first >> 8 & 255)).$((first & 255))/${1#*/}"
}

number_of() {
    local a b c d
    IFS=. read -r a b c d <<<"$1"
    echo $(((a << 24) + (b << 16) + (c << 8) + d))
}
