#!/usr/bin/env bash
# Builds the dietguest image: build.sh OUTPUT_DIR
# Makes dietguest.qcow2, the kernel and the initial RAM disk in it as dietguest.vmlinuz and dietguest.initrd, and the
# kernel that unpacks to what QEMU enters directly as dietguest.vmlinux.zst.
# Exit codes: 0 built or up to date, 1 the build failed, 2 refused before anything was changed.
set -euo pipefail

readonly suite=trixie
readonly files=(dietguest.qcow2 dietguest.vmlinuz dietguest.vmlinux.zst dietguest.initrd)
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly source_dir

refuse() {
    echo "refused: $1" >&2
    exit 2
}

step() {
    printf '%4d s  guest image: %s\n' "$SECONDS" "$1"
}

check_needs() {
    [[ $# == 1 ]] || refuse "takes one argument, the output directory: build.sh OUTPUT_DIR"
    [[ $EUID == 0 ]] || refuse "the guest's files belong to root: run it as root"
    [[ $(uname -m) == x86_64 ]] || refuse "this machine is $(uname -m): build on x86_64"
    [[ -n $(type -P mmdebstrap) ]] || refuse "mmdebstrap is missing: apt-get install mmdebstrap"
    [[ -e $keyring ]] || refuse "$keyring is missing: apt-get install debian-archive-keyring"
}

hash_inputs() {
    (cd "$source_dir" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

up_to_date() {
    local name
    for name in "${files[@]}"; do
        [[ -e $output/$name ]] || return 1
    done
    [[ -e $output/dietguest.inputs && $(<"$output/dietguest.inputs") == "$inputs" ]]
}

# A Debian host's own mirrors, for the guest's suite. Nothing on other hosts: mmdebstrap then knows Debian's.
host_mirrors() {
    local codename
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    # shellcheck disable=SC2016 # apt expands these
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) main' \
        'Created-By: Packages' 'Origin: Debian' 'Component: main' |
        sed -n "s/ $codename\(-updates\|-security\)\? main$/ $suite\1 main/p" | sort -u
}

# The packages are only unpacked: programs are picked out of the tree, nothing is configured in it.
unpack_packages() {
    local names mirrors
    names=$(cat "$source_dir"/packages/* | paste -s -d ,)
    mapfile -t mirrors < <(host_mirrors)
    # shellcheck disable=SC2016 # mmdebstrap's shell expands $1
    mmdebstrap --quiet --variant=extract --architectures=amd64 --keyring="$keyring" --include="$names" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='for name in bin sbin lib lib64; do ln -s "usr/$name" "$1/$name"; done' \
        "$suite" "$tree" "${mirrors[@]}"
}

# Every host puts the image together with the same programs: those of the tree.
# They need /proc; the mount goes with its namespace.
assemble() {
    mkdir -p "$tree/build" "$tree/proc"
    cp -r "$source_dir" "$tree/build/source"
    env -i PATH=/usr/bin:/usr/sbin LC_ALL=C unshare --mount bash -euc \
        'mount -t proc proc "$1/proc" && exec chroot "$1" bash /build/source/assemble.sh' assemble "$tree"
}

# The inputs' hash goes last: it says that the rest is complete.
publish() {
    local name
    for name in "${files[@]}"; do
        install -m 0644 "$tree/build/$name" "$output/.$name"
        mv "$output/.$name" "$output/$name"
    done
    echo "$inputs" >"$output/dietguest.inputs"
}

check_needs "$@"
output=$1
inputs=$(hash_inputs)
if up_to_date; then
    step "up to date"
    exit 0
fi
mkdir -p "$output"
# Not in /tmp: there may be neither room nor leave for device files.
tree=$(mktemp --directory --tmpdir=/var/tmp dietguest.XXXXXX)
trap 'rm -rf --one-file-system "$tree"' EXIT
step "unpacking Debian packages"
unpack_packages
step "putting the image together"
assemble
publish
step "$output/dietguest.qcow2 ($(du -h "$output/dietguest.qcow2" | cut -f 1))"
