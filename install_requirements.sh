#!/usr/bin/env bash
# install_requirements.sh: installs what a host needs to build and run DietStack, and starts Docker if
# nothing does. Debian 12, Debian 13 and Ubuntu 24.04. A Docker that is there is left as it is. Run
# again, it changes nothing. With --lab also what labs of several machines need: Vagrant, and a libvirt that
# starts virtual machines. Exit codes: 0 all there, 1 something failed, 2 refused.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
for part in deploy/inherited.sh deploy/messages.sh deploy/checks/root.sh deploy/checks/system.sh deploy/requirements/*.sh; do
    . "$part"
done

main() {
    [[ $# == 0 || $* == --lab ]] || refuse "install_requirements.sh takes --lab or nothing, '$*' was given; leave it out"
    check_root
    check_system
    [[ $# == 0 ]] || want_lab_packages
    install_packages
    start_docker
    install_image_builder
    [[ $# == 0 ]] || start_libvirt
    say 'All requirements are there.'
}

main "$@"
