# shellcheck shell=bash
# Packet filter rules, in chains of our own that the built-in chains jump to LAST: the security
# groups, which neutron puts at the head of FORWARD, and Docker's rules have their say before. Ours
# only speak for what would otherwise fall to Docker's policy, which is DROP. They are made with the
# host's iptables, as Docker's are, since an accept in another table would not undo that DROP; a
# restart of Docker leaves them where they are. Only the chain of INPUT goes first: what it keeps out,
# nobody else is to let in before.

FORWARD_CHAIN=DIETSTACK-FORWARD
INPUT_CHAIN=DIETSTACK-INPUT
# Nova's ssh, libvirt, consoles of servers, migrations.
PORTS_OF_COMPUTE_NODES=8022,16514,5900:6923,49152:49215
VXLAN_PORT=4789
MASQUERADE_CHAIN=DIETSTACK-MASQUERADE

raise_rules() {
    local command
    remember_built_in_chains
    for command in iptables ip6tables; do
        replace_rules "$command" "$(forward_rules "$command")"
    done
    if [[ $CONTROL_NODE == true ]]; then
        replace_rules iptables "$(masquerade_rules)"
        jump_last iptables nat POSTROUTING "$MASQUERADE_CHAIN"
        replace_rules iptables "$(input_rules)"
        jump_first iptables filter INPUT "$INPUT_CHAIN"
    fi
    jump_last iptables filter FORWARD "$FORWARD_CHAIN"
    jump_last ip6tables filter FORWARD "$FORWARD_CHAIN"
}

lower_rules() {
    remove_chain iptables nat POSTROUTING "$MASQUERADE_CHAIN"
    remove_chain iptables filter INPUT "$INPUT_CHAIN"
    remove_chain iptables filter FORWARD "$FORWARD_CHAIN"
    remove_chain ip6tables filter FORWARD "$FORWARD_CHAIN"
}

# Servers, and whoever is on the external network, have no business at the control node's DS address: databases and
# messages are behind it. The kernel would answer for it on any interface.
input_rules() {
    cat <<-END
		*filter
		:$INPUT_CHAIN - [0:0]
		-A $INPUT_CHAIN -i $EXTERNAL_BRIDGE -d $(recorded_ds_address) -m conntrack --ctstate NEW -j DROP
		COMMIT
	END
}

# Bridged frames between servers, routers and DHCP; then what is routed from and to the external network, but neither
# to consoles, libvirt and ssh of compute nodes, nor into their tunnels, which take any frame that this node brings them,
# nor to containers on Docker's own bridge.
forward_rules() { # COMMAND
    cat <<-END
		*filter
		:$FORWARD_CHAIN - [0:0]
		-A $FORWARD_CHAIN -i brq+ -m physdev --physdev-is-bridged -j ACCEPT
	END
    if [[ $CONTROL_NODE == true ]]; then
        # The DS network is one of IPv4.
        [[ $1 != iptables ]] || cat <<-END
			-A $FORWARD_CHAIN -i $EXTERNAL_BRIDGE -d $(recorded_ds_network) -p tcp -m multiport --dports $PORTS_OF_COMPUTE_NODES -j DROP
			-A $FORWARD_CHAIN -i $EXTERNAL_BRIDGE -d $(recorded_ds_network) -p udp --dport $VXLAN_PORT -j DROP
		END
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

jump_first() { # as jump_last
    [[ $("$1" --wait -t "$2" -S "$3" 1 2>/dev/null) == "-A $3 -j $4" ]] || {
        remove_jumps "$@"
        "$1" --wait -t "$2" -I "$3" -j "$4"
    }
}

# remove_jumps COMMAND TABLE BUILT_IN CHAIN
remove_jumps() {
    while "$1" --wait -t "$2" -C "$3" -j "$4" 2>/dev/null; do
        "$1" --wait -t "$2" -D "$3" -j "$4"
    done
}

# remove_chain COMMAND TABLE BUILT_IN CHAIN: with its jumps; nothing to do if it is not there.
remove_chain() {
    if ! "$1" --wait -t "$2" -S "$4" >/dev/null 2>&1; then
        return 0
    fi
    remove_jumps "$@"
    "$1" --wait -t "$2" -F "$4"
    "$1" --wait -t "$2" -X "$4"
}
