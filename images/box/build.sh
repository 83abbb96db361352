#!/bin/bash
# images/box/build.sh DIRECTORY RELEASE STORE HASH: makes the Vagrant box of the image dietstack/box and the store in
# DIRECTORY: machine.box, the catalogue machine.json that names it dietstack/machine, and vmlinuz and initrd for
# its virtual machines; `inputs` keeps HASH.
set -euo pipefail

readonly DIRECTORY=$1 RELEASE=$2 STORE=$3 INPUTS=$4
readonly SIZE_GB=20

main() {
    work=$(mktemp --directory --tmpdir="$(realpath "$(dirname "$DIRECTORY")")" .box.XXXXXX)
    trap 'rm -rf "$work"' EXIT
    # To read what overlay file systems note in extended attributes is an administrator's right.
    docker run --rm --network none --cap-add SYS_ADMIN --volume "$work:/disk" \
        --volume "$STORE:/machine/var/lib/docker:ro" "dietstack/box:$RELEASE" /disk
    echo "{\"provider\": \"libvirt\", \"format\": \"qcow2\", \"virtual_size\": $SIZE_GB}" >"$work/metadata.json"
    tar --create --file "$work/machine.box" --directory "$work" --remove-files metadata.json box.img
    write_catalogue
    echo "$INPUTS" >"$work/inputs"
    rm -rf "$DIRECTORY"
    chmod 0755 "$work"
    mv "$work" "$DIRECTORY"
}

# Vagrant takes a box for another one only if its version is.
write_catalogue() {
    local sum
    sum=$(sha256sum "$work/machine.box" | cut -d ' ' -f 1)
    cat >"$work/machine.json" <<END
{"name": "dietstack/machine",
 "versions": [{"version": "$RELEASE.$(date +%s)",
   "providers": [{"name": "libvirt", "url": "file://$(realpath "$DIRECTORY")/machine.box",
     "checksum_type": "sha256", "checksum": "$sum"}]}]}
END
}

main
