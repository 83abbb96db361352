# shellcheck shell=bash
# iptables makes the tables and built-in chains that it needs, and never takes one away. Which ones
# there were before us is remembered; those that came with us go when nothing is in them any more.

remember_built_in_chains() {
    remember nftables "before: $(list_ruleset | chains_of_iptables | cut -d ' ' -f 1 | tr '\n' ' ')"
}

lower_built_in_chains() {
    local before family table chain kind
    before=$(remembered nftables)
    [[ -n $before ]] || return 0
    # Chains first: a table can go when it has none left.
    for kind in chain table; do
        while IFS='. ' read -r family table chain; do
            [[ " $before " == *" $family.$table${chain:+.$chain} "* ]] ||
                nft delete "$kind" "$family" "$table" ${chain:+"$chain"}
        done < <(list_ruleset | chains_of_iptables | awk -v kind="$kind" '
            $2 == "empty" && gsub(/\./, ".", $1) == (kind == "chain" ? 2 : 1) { print $1 }')
    done
}

# list_ruleset: with handles. nft warns of every table that iptables manages; that is what we are after.
list_ruleset() {
    nft --handle list ruleset 2> >(grep -v '^# Warning: table .* is managed by iptables-nft' >&2)
}

# chains_of_iptables: of a ruleset on stdin, a line for each built-in chain (`ip.filter.FORWARD`) and
# table (`ip.filter`) of iptables; the second word is `empty` if nothing is in it.
chains_of_iptables() {
    awk '
        $1 == "table" {
            table = $2 "." $3
            ours = $2 ~ /^ip6?$/ && $3 ~ /^(filter|nat|mangle|raw)$/
            chains = 0
        }
        $1 == "chain" { chain = $2; rules = 0; accepts = 0; chains++; next }
        chain && $1 == "type" { accepts = /policy accept/; next }
        chain && $1 == "}" {
            if (ours && chain ~ /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/)
                print table "." chain, rules || !accepts ? "used" : "empty"
            chain = ""
            next
        }
        chain { rules++ }
        !chain && $1 == "}" && ours { print table, chains ? "used" : "empty" }'
}
