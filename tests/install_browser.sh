#!/usr/bin/env bash
# Installs the browser that the tests of Horizon use, if there is none. Can be run again and again.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

refuse() {
    echo "refused: $1" >&2
    exit 2
}

has_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

# Ubuntu's package of this name only installs a snap, which needs a running snapd and reaches no root's files.
is_snap_only() {
    apt-cache show --no-all-versions chromium-browser 2>/dev/null | grep -q '^Depends:.*snapd'
}

if has_browser >/dev/null; then
    exit 0
fi
((EUID == 0)) || refuse "user $(id -un) cannot install a browser: run it as root"
command -v apt-get >/dev/null || refuse "no apt-get here: install Chromium or Google Chrome yourself"
apt-get update -qq
if ! apt-cache show chromium >/dev/null 2>&1 && is_snap_only; then
    refuse "this system has Chromium as a snap only: install Google Chrome's Debian package"
fi
tests/install_packages.sh chromium
