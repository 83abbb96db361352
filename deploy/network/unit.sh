# shellcheck shell=bash
# On a systemd host a unit raises the network again after a reboot, before Docker starts our
# containers. It works on a copy of these files in STATE_DIR, so that the checkout may be gone.
# It may be on a disk from which nothing is executed.

UNIT=dietstack-network.service
UNIT_FILE=/etc/systemd/system/$UNIT
COPIED=(messages.sh settings.sh network)

install_unit() {
    local source copy=$STATE_DIR/network/deploy
    [[ -d /run/systemd/system ]] || return 0
    source=$(dirname "${BASH_SOURCE[0]}")/..
    if ! is_copied "$source" "$copy"; then
        rm -rf "$copy"
        mkdir -p "$copy"
        cp -r "${COPIED[@]/#/$source/}" "$copy"
    fi
    if [[ ! -f $UNIT_FILE || $(<"$UNIT_FILE") != "$(unit_text)" ]]; then
        unit_text >"$UNIT_FILE"
        systemctl daemon-reload
    fi
    systemctl is-enabled --quiet "$UNIT" || systemctl enable --quiet "$UNIT"
}

is_copied() { # SOURCE COPY
    local part
    for part in "${COPIED[@]}"; do
        diff -rq "$1/$part" "$2/$part" >/dev/null 2>&1 || return 1
    done
}

remove_unit() {
    if [[ -e $UNIT_FILE ]]; then
        systemctl disable --now --quiet "$UNIT"
        rm -f "$UNIT_FILE"
        systemctl daemon-reload
    fi
}

unit_text() {
    cat <<-END
		[Unit]
		Description=External bridge, packet filter rules and shared mounts of DietStack
		After=network.target local-fs.target systemd-sysctl.service
		Before=docker.service
		RequiresMountsFor=$STATE_DIR

		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/bin/bash $STATE_DIR/network/deploy/network/at_boot

		[Install]
		WantedBy=multi-user.target docker.service
	END
}
