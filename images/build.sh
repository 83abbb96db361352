#!/bin/bash
# Builds everything that DietStack runs: `images/build.sh [NAME...]`, all of it without a name.
# What did not change costs a second: Docker's own cache decides for the images, a hash of the
# inputs for the base and the guest.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source deploy/messages.sh
source deploy/progress.sh
source images/docker.sh

readonly BUILD_DIR=build
RELEASE=$(<images/release)
readonly RELEASE

main() {
    local names=("$@") name
    ((EUID == 0)) || refuse "images are built by root: run sudo make images"
    ((${#names[@]})) || names=(base guest nfs-client openstack mariadb rabbitmq memcached nfs libvirt)
    for name in "${names[@]}"; do
        [[ -d images/$name ]] || refuse "image $name is not known: there are $(known_images)"
    done
    mkdir -p "$BUILD_DIR"
    for name in "${names[@]}"; do
        step "image $name" build_"$(kind_of "$name")" "$name"
    done
}

known_images() {
    local folder
    for folder in images/*/; do
        basename "$folder"
    done | paste -sd ' '
}

kind_of() {
    case $1 in
    base | guest) echo "$1" ;;
    *) echo service_image ;;
    esac
}

build_base() {
    local inputs
    inputs=$(sha256sum images/base/build.sh images/release | sha256sum | cut -d ' ' -f 1)
    if [[ $(image_label "dietstack/base:$RELEASE") != "$inputs" ]]; then
        images/base/build.sh "$BUILD_DIR/base.tar"
        docker import --change "LABEL dietstack.inputs=$inputs" "$BUILD_DIR/base.tar" "dietstack/base:$RELEASE"
        rm "$BUILD_DIR/base.tar"
    fi
}

image_label() {
    docker image inspect --format '{{index .Config.Labels "dietstack.inputs"}}' "$1" 2>/dev/null || true
}

build_guest() {
    images/guest/build.sh "$BUILD_DIR"
}

# The host's certificate authorities are lent to the build: behind a company's proxy they differ.
build_service_image() {
    build_with_docker --network host --file "images/$1/Dockerfile" \
        --build-arg RELEASE="$RELEASE" --build-arg UV_VERSION="$(<images/openstack/uv-version)" \
        --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt \
        --label dietstack.release="$RELEASE" --tag "dietstack/$1:$RELEASE" .
}

main "$@"
