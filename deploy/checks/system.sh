# shellcheck shell=bash

OS_RELEASE=/etc/os-release
SUPPORTED_SYSTEMS=('debian 12' 'debian 13' 'ubuntu 24.04')

check_system() {
    local system supported
    system=$(system_of_host)
    for supported in "${SUPPORTED_SYSTEMS[@]}"; do
        [[ $system != "$supported" ]] || return 0
    done
    refuse "system '$system' ($OS_RELEASE): not supported; use Debian 12, Debian 13 or Ubuntu 24.04"
}

# system_of_host: ID and VERSION_ID, such as `debian 12`.
system_of_host() (
    ID=unknown VERSION_ID=''
    if [[ -r $OS_RELEASE ]]; then
        . "$OS_RELEASE"
    fi
    echo "$ID $VERSION_ID"
)
