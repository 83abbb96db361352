# shellcheck shell=bash
# Debian's packages start their services as they are installed, unless this file says no. What a
# person has put there comes back afterwards, and after a kill with the next run.

POLICY=/usr/sbin/policy-rc.d
POLICY_MARK='# of install_requirements.sh'

keep_services_from_starting() {
    let_services_start
    trap let_services_start EXIT
    if [[ -e $POLICY ]]; then
        mv "$POLICY" "$POLICY.before-dietstack"
    fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY"
    chmod 0755 "$POLICY"
}

let_services_start() {
    if [[ -e $POLICY ]] && grep -qF "$POLICY_MARK" "$POLICY"; then
        rm "$POLICY"
    fi
    if [[ -e $POLICY.before-dietstack ]]; then
        mv "$POLICY.before-dietstack" "$POLICY"
    fi
}
