#!/bin/bash
# images/base/build.sh TARGET: makes a minimal Debian 13 root file system as a tar archive.
set -euo pipefail

mmdebstrap --variant=minbase \
    --include=ca-certificates,curl,iproute2,openssl \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Languages "none"' \
    --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
    --customize-hook=': >"$1/etc/resolv.conf"' \
    trixie "$1"
