# shellcheck shell=bash
# The Docker client that can build with BuildKit, whichever of the installed ones that is.

build_with_docker() {
    local client
    for client in docker /usr/bin/docker; do
        if "$client" buildx version >/dev/null 2>&1; then
            "$client" buildx build --load --progress plain "$@"
            return
        elif [[ $("$client" version --format '{{.Client.Version}}') == 20.10.* ]]; then
            DOCKER_BUILDKIT=1 "$client" build --progress plain "$@"
            return
        fi
    done
    fail "Docker has no BuildKit: run ./install_requirements.sh, which installs it"
}
