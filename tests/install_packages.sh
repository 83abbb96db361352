#!/usr/bin/env bash
# tests/install_packages.sh NAME...: installs those of Debian's packages that are missing; no service of theirs is
# started. For tests that run on the host what otherwise runs in containers. Exit codes: 0 all there, 1 failed, 2 refused.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
for part in deploy/inherited.sh deploy/messages.sh deploy/requirements/packages.sh deploy/requirements/services.sh; do
    source "$part"
done

main() {
    local missing
    missing=$(packages_not_installed "$@")
    [[ -n $missing ]] || return 0
    ((EUID == 0)) || refuse "user $(id -un) cannot install$missing: run it as root"
    # shellcheck disable=SC2086  # a list of names
    apt_install $missing
}

main "$@"
