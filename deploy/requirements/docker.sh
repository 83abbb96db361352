# shellcheck shell=bash

DOCKERD_LOG=/var/log/dockerd.log
DOCKER_START_SECONDS=60

# start_docker: by systemd where it runs the host, else by hand.
start_docker() {
    local dockerd=''
    if docker_answers; then
        return
    fi
    say 'Starting Docker'
    if [[ -d /run/systemd/system ]]; then
        systemctl start docker || fail 'Docker does not start; see: journalctl -u docker'
    else
        setsid nohup dockerd >>"$DOCKERD_LOG" 2>&1 </dev/null &
        dockerd=$!
    fi
    await_docker "$dockerd"
}

# await_docker [PID]: until it answers; fails at once if the process PID ends.
await_docker() {
    local deadline=$((SECONDS + DOCKER_START_SECONDS))
    until docker_answers; do
        if [[ -n $1 && ! -d /proc/$1 ]]; then
            fail "dockerd ended: $(tail -n 1 "$DOCKERD_LOG"); see $DOCKERD_LOG"
        fi
        ((SECONDS < deadline)) || fail "Docker did not answer within $DOCKER_START_SECONDS s"
        sleep 0.2
    done
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
