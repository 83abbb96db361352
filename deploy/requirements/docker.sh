# shellcheck shell=bash

start_docker() {
    docker_answers || start_daemon Docker docker dockerd docker_answers
}

docker_answers() {
    docker version >/dev/null 2>&1
}

# Images are built with BuildKit: inside Docker 20.10, a plug-in of its client since.
install_image_builder() {
    local package
    if has_image_builder; then
        return
    fi
    refresh_package_lists
    for package in docker-buildx docker-buildx-plugin; do
        if is_available "$package"; then
            apt_install "$package"
            return
        fi
    done
    fail "Docker's client ($(type -P docker)) has no buildx and no package has it; install Docker's buildx plug-in"
}

has_image_builder() {
    local client
    for client in docker /usr/bin/docker; do
        if "$client" buildx version >/dev/null 2>&1 ||
            [[ $("$client" version --format '{{.Client.Version}}') == 20.10.* ]]; then
            return 0
        fi
    done
    return 1
}
