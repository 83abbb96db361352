# shellcheck shell=bash

# What runs on the host, what builds images (mmdebstrap and Debian's keys), what make and the tests need.
PACKAGES=(ca-certificates curl iproute2 ipset iptables iputils-ping kmod nftables
    debian-archive-keyring mmdebstrap
    git make python3-venv zstd)
# What boots the machines of a lab.
LAB_PACKAGES=(libvirt-daemon-system libvirt-clients qemu-system-x86 qemu-utils dnsmasq-base openssh-client rsync)
VAGRANT_PACKAGES=(vagrant vagrant-libvirt)

install_packages() {
    local missing
    missing=$(packages_not_installed "${PACKAGES[@]}")
    if ! has_docker; then
        refresh_package_lists
        missing+=" $(docker_packages)"
    fi
    ! needs_apparmor || missing+=' apparmor'
    if [[ -n ${missing// /} ]]; then
        # shellcheck disable=SC2086  # a list of names
        apt_install $missing
    fi
    let_services_start # an earlier run may have been killed while apt-get went on to the end
}

# Have the packages of a lab installed as well. Ubuntu 24.04 has no Vagrant: who has its makers' own keeps that.
want_lab_packages() {
    PACKAGES+=("${LAB_PACKAGES[@]}")
    [[ -n $(packages_not_installed "${VAGRANT_PACKAGES[@]}") ]] || return 0
    refresh_package_lists
    if is_available vagrant && is_available vagrant-libvirt; then
        PACKAGES+=("${VAGRANT_PACKAGES[@]}")
    elif ! type -P vagrant >/dev/null; then
        refuse "--lab: the package lists of this system have no vagrant; install its makers' own first:" \
            'https://developer.hashicorp.com/vagrant/install (and for virtual machines: vagrant plugin install vagrant-libvirt)'
    fi
}

# packages_not_installed NAME...: those of them that are not.
packages_not_installed() {
    local name
    for name in "$@"; do
        [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] ||
            printf ' %s' "$name"
    done
}

# has_docker: any that works or could be started, Docker's own packages included; a daemon may be there without its
# client.
has_docker() {
    type -P docker >/dev/null && { type -P dockerd >/dev/null || docker_answers; }
}

# From Debian 13 on, Docker's client is a package of its own.
docker_packages() {
    printf 'docker.io'
    ! is_available docker-cli || printf ' docker-cli'
}

# Docker starts no container on a kernel with AppArmor unless its parser is installed.
needs_apparmor() {
    [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] && ! type -P apparmor_parser >/dev/null
}

is_available() {
    [[ $(LC_ALL=C apt-cache policy "$1") =~ Candidate:\ [^\(] ]]
}

# apt_install NAME...: no service of any package is started, nor restarted, by the way.
apt_install() {
    refresh_package_lists
    say "Installing: $*"
    keep_services_from_starting
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get install --yes --quiet=2 \
        --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" ||
        fail "apt-get could not install: $*"
    let_services_start
}

refresh_package_lists() {
    if [[ -z ${PACKAGE_LISTS_FRESH-} ]]; then
        apt-get update --quiet=2 -o DPkg::Lock::Timeout=300 || fail 'apt-get update: no package lists'
        PACKAGE_LISTS_FRESH=yes
    fi
}
