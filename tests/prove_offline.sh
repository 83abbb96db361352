#!/usr/bin/env bash
# tests/prove_offline.sh BUNDLE: makes a lab of an offline bundle where nothing can be fetched: in a network namespace
# without a way out, with an empty Docker and without caches. What it changes is gone when it ends: it has file systems
# and processes of its own. Exit codes: 0 the lab was made, checked and removed, 1 it was not, 2 refused.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source deploy/inherited.sh
source deploy/messages.sh

main() {
    (($# == 1)) || refuse 'tests/prove_offline.sh takes one argument, the bundle that make offline made'
    [[ -s $1 ]] || refuse "$1 is not there: run sudo make offline"
    ((EUID == 0)) || refuse 'namespaces and daemons are for root: run it with sudo'
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/offline.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
    chmod go+rx "$scratch" # apt reads lists as a user of its own
    mkdir "$scratch"/{docker,containerd,home,apt,lists}
    tar --extract --gzip --file "$1" --directory "$scratch"
    unshare --net --mount --pid --fork --mount-proc "$0" inside "$scratch" "$scratch"/dietstack-*/
}

# inside SCRATCH CHECKOUT: what follows sees this system with nothing of DietStack or Docker on it.
inside() {
    mount --make-rprivate /
    cp -a /etc/apt/. "$1/apt"
    mount --bind "$1/docker" /var/lib/docker
    [[ ! -d /var/lib/containerd ]] || mount --bind "$1/containerd" /var/lib/containerd
    mount --bind "$1/apt" /etc/apt
    mount --bind "$1/lists" /var/lib/apt/lists
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /srv
    mount -t tmpfs tmpfs /var/lib/libvirt
    ip link set lo up
    cd "$2"
    ! ip route get 192.0.2.1 2>/dev/null || fail 'this namespace has a way out'
    env -i HOME="$1/home" PATH="$PATH" TERM=dumb bash -euxc '
        images/offline/use
        make lab
        ./dslab down multinode'
}

case ${1-} in
inside) inside "$2" "$3" ;;
*) main "$@" ;;
esac
