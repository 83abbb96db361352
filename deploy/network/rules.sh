# shellcheck shell=bash
# Packet filter rules, in chains of our own that the built-in chains jump to LAST: the security
# groups, which neutron puts at the head of FORWARD, and Docker's rules have their say before. Ours
# only speak for what would otherwise fall to Docker's policy, which is DROP. They are made with the
# host's iptables, as Docker's are, since an accept in another table would not undo that DROP; a
# restart of Docker leaves them where they are.

FORWARD_CHAIN=DIETSTACK-FORWARD
MASQUERADE_CHAIN=DIETSTACK-MASQUERADE

raise_rules() {
    local rules
    remember_built_in_chains
    rules=$(forward_rules)
    replace_rules iptables "$rules"
    replace_rules ip6tables "$rules"
    if [[ $CONTROL_NODE == true ]]; then
        replace_rules iptables "$(masquerade_rules)"
        jump_last iptables nat POSTROUTING "$MASQUERADE_CHAIN"
    fi
    jump_last iptables filter FORWARD "$FORWARD_CHAIN"
    jump_last ip6tables filter FORWARD "$FORWARD_CHAIN"
}

lower_rules() {
    remove_chain iptables nat POSTROUTING "$MASQUERADE_CHAIN"
    remove_chain iptables filter FORWARD "$FORWARD_CHAIN"
    remove_chain ip6tables filter FORWARD "$FORWARD_CHAIN"
}

# Bridged frames between servers, routers and DHCP; then what is routed from and to the external
# network. Containers on Docker's own bridge stay out of the servers' reach.
forward_rules() {
    cat <<-END
		*filter
		:$FORWARD_CHAIN - [0:0]
		-A $FORWARD_CHAIN -i brq+ -m physdev --physdev-is-bridged -j ACCEPT
	END
    if [[ $CONTROL_NODE == true ]]; then
        cat <<-END
			-A $FORWARD_CHAIN -i $EXTERNAL_BRIDGE ! -o docker0 -j ACCEPT
			-A $FORWARD_CHAIN -o $EXTERNAL_BRIDGE ! -i docker0 -j ACCEPT
		END
    fi
    echo COMMIT
}

# The servers' way out. The host's own packets have the right source already. What goes through a
# bridge of ours is on its way inside the cloud: a server has to see who asks it by its floating IP.
masquerade_rules() {
    local network
    network=$(network_of "$EXTERNAL_IP")
    cat <<-END
		*nat
		:$MASQUERADE_CHAIN - [0:0]
		-A $MASQUERADE_CHAIN -s $network ! -d $network -m addrtype ! --src-type LOCAL -m physdev ! --physdev-is-bridged -j MASQUERADE
		COMMIT
	END
}

# replace_rules COMMAND RULES: at one blow; a chain of ours that RULES declares is emptied first.
replace_rules() {
    "$1-restore" --wait --noflush <<<"$2"
}

# jump_last COMMAND TABLE BUILT_IN CHAIN
jump_last() {
    "$1" --wait -t "$2" -C "$3" -j "$4" 2>/dev/null || "$1" --wait -t "$2" -A "$3" -j "$4"
}

# remove_chain COMMAND TABLE BUILT_IN CHAIN: with its jumps; nothing to do if it is not there.
remove_chain() {
    if ! "$1" --wait -t "$2" -S "$4" >/dev/null 2>&1; then
        return 0
    fi
    while "$1" --wait -t "$2" -C "$3" -j "$4" 2>/dev/null; do
        "$1" --wait -t "$2" -D "$3" -j "$4"
    done
    "$1" --wait -t "$2" -F "$4"
    "$1" --wait -t "$2" -X "$4"
}
