# shellcheck shell=bash
# libvirt, which boots the machines of a lab. Where systemd does not run the host, it has no help of it and often not
# all rights: there it is told to do with less, step by step, until it starts a machine.

QEMU_CONF=/etc/libvirt/qemu.conf
NETWORK_CONF=/etc/libvirt/network.conf
LIBVIRTD_PID_FILE=/run/libvirtd.pid
MACHINE_START_SECONDS=15
DO_WITH_LESS=(
    'stdio_handler = "file"' # no virtlogd
    # With another user it tries KVM anew for every machine, which takes half a minute where KVM does not work.
    $'user = "root"\ngroup = "root"\nremember_owner = 0'
    $'security_driver = "none"\ncgroup_controllers = [ ]\nnamespaces = [ ]'
)

start_libvirt() {
    let_libvirt_share_the_firewall
    libvirt_answers || start_daemon libvirt libvirtd libvirtd libvirt_answers
    systemd_runs || let_libvirt_start_machines
}

libvirt_answers() {
    virsh --connect qemu:///system uri >/dev/null 2>&1
}

# Docker lets iptables drop what no rule there accepts. From 10.4 on libvirt has tables of nftables of its own, in which
# it accepts in vain: machines would reach nothing beyond the host. What a person has said of it stays.
let_libvirt_share_the_firewall() {
    if ! grep -qs '^#* *firewall_backend *=' "$NETWORK_CONF" || grep -q '^ *firewall_backend *=' "$NETWORK_CONF"; then
        return
    fi
    say "libvirt shares iptables with Docker: $NETWORK_CONF"
    tell "$NETWORK_CONF" 'firewall_backend = "iptables"'
    if systemd_runs; then
        systemctl try-restart libvirtd || fail 'libvirt does not start again; see: journalctl -u libvirtd'
    elif libvirt_answers; then
        end_libvirtd
    fi
}

let_libvirt_start_machines() {
    local less complaint=''
    for less in "${DO_WITH_LESS[@]}"; do
        ! starts_a_machine || return 0
        say "libvirt starts no machine ($complaint): $QEMU_CONF gets ${less//$'\n'/, }"
        tell "$QEMU_CONF" "$less"
        end_libvirtd
        start_daemon libvirt libvirtd libvirtd libvirt_answers
    done
    starts_a_machine || fail "libvirt starts no machine: $complaint; see $DAEMON_LOGS/libvirtd.log"
}

# starts_a_machine: one of a few MB, paused, that ends with the command; `complaint` says why not.
starts_a_machine() {
    complaint=$(
        timeout "$MACHINE_START_SECONDS" virsh --quiet --connect qemu:///system \
            create --paused --autodestroy /dev/stdin 2>&1 <<-END
				<domain type='qemu'>
				    <name>dietstack-probe</name>
				    <memory unit='MiB'>4</memory>
				    <os><type arch='x86_64'>hvm</type></os>
				</domain>
			END
    ) && return
    complaint=${complaint##*$'\n'}
    complaint=${complaint:-not within $MACHINE_START_SECONDS s}
    return 1
}

# tell FILE LINES: each NAME = VALUE takes the place of what FILE says of it; the file of before is kept.
tell() {
    local line
    [[ -e $1.before-dietstack ]] || cp --preserve "$1" "$1.before-dietstack"
    while IFS= read -r line; do
        sed -i "/^ *${line%% *} *=/d" "$1"
        printf '%s\n' "$line" >>"$1"
    done <<<"$2"
}

# end_libvirtd: the last thing that it does is to remove its file.
end_libvirtd() {
    local deadline=$((SECONDS + DAEMON_START_SECONDS))
    [[ -s $LIBVIRTD_PID_FILE ]] || fail "libvirtd has no $LIBVIRTD_PID_FILE: end it, and run this again"
    kill "$(<"$LIBVIRTD_PID_FILE")"
    while [[ -e $LIBVIRTD_PID_FILE ]]; do
        ((SECONDS < deadline)) || fail "libvirtd (process $(<"$LIBVIRTD_PID_FILE")) does not end"
        sleep 0.2
    done
}
