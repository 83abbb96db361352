#!/bin/bash
# Builds everything that DietStack runs: `images/build.sh [NAME...]`, all that a cloud needs without a
# name; `machine` and `box` are what the lab boots. What did not change costs nothing, wherever it was
# built: each image carries the hash of what it was made of.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
source deploy/inherited.sh
source deploy/messages.sh
source deploy/progress.sh
source images/docker.sh
source images/inputs.sh
source images/machine/store.sh

readonly BUILD_DIR=build
RELEASE=$(<images/release)
readonly RELEASE
readonly SERVICE_IMAGES=(openstack mariadb rabbitmq memcached nfs libvirt)

main() {
    local names=("$@") name
    ((${#names[@]})) || names=(base guest nfs-client "${SERVICE_IMAGES[@]}")
    for name in "${names[@]}"; do
        is_image "$name" || refuse "image $name is not known: there are $(known_images)"
    done
    ((EUID == 0)) || refuse "images are built by root: run sudo make images"
    refuse_hidden_files
    mkdir -p "$BUILD_DIR"
    for name in "${names[@]}"; do
        step "image $name" build_"$(kind_of "$name")" "$name"
    done
}

is_image() { [[ -e images/$1/Dockerfile || -e images/$1/build.sh ]]; }

known_images() {
    local folder name
    for folder in images/*/; do
        name=$(basename "$folder")
        ! is_image "$name" || echo "$name"
    done | paste -sd ' '
}

kind_of() {
    case $1 in
    base | guest | machine | box) echo "$1" ;;
    *) echo service_image ;;
    esac
}

build_base() {
    local inputs
    inputs=$(sha256sum images/base/build.sh images/release | hash)
    is_made_of base "$inputs" || {
        images/base/build.sh "$BUILD_DIR/base.tar"
        docker import --change "LABEL dietstack.inputs=$inputs" "$BUILD_DIR/base.tar" "dietstack/base:$RELEASE"
        rm "$BUILD_DIR/base.tar"
    }
}

build_guest() {
    images/guest/build.sh "$BUILD_DIR"
}

# The host's certificate authorities are lent to the build: behind a company's proxy they differ.
build_service_image() {
    local inputs
    inputs=$(inputs_of "$1")
    is_made_of "$1" "$inputs" ||
        build_with_docker --network host --file "images/$1/Dockerfile" \
            --build-arg RELEASE="$RELEASE" --build-arg OPENSTACK_INPUTS="$(image_label "dietstack/openstack:$RELEASE")" \
            --build-arg UV_VERSION="$(<images/openstack/uv-version)" \
            --secret id=ca,src=/etc/ssl/certs/ca-certificates.crt \
            --label dietstack.release="$RELEASE" --label dietstack.inputs="$inputs" \
            --tag "dietstack/$1:$RELEASE" .
}

build_machine() {
    build_service_image machine
    make_store
}

# A box that is there needs no image of what it was made of: it may have come in an offline bundle.
build_box() {
    local store inputs
    make_store
    store=$(<"$BUILD_DIR/store")
    inputs=$({ inputs_of box && hash_of images/box/build.sh && echo "$store"; } | hash)
    [[ -s $BUILD_DIR/box/inputs && $(<"$BUILD_DIR/box/inputs") == "$inputs" ]] || {
        build_service_image box
        images/box/build.sh "$BUILD_DIR/box" "$RELEASE" "$store" "$inputs"
    }
    # Vagrant wants to be told in full where the box is, and the checkout may have moved.
    sed -i "s|file://[^\"]*|file://$PWD/$BUILD_DIR/box/machine.box|" "$BUILD_DIR/box/machine.json"
}

main "$@"
