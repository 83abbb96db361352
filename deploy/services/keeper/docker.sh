# shellcheck shell=bash

# docker_api METHOD PATH [curl option...]: asks the Docker daemon of this host.
docker_api() {
    curl --silent --show-error --fail --unix-socket /var/run/docker.sock --request "$1" \
        "${@:3}" "http://docker$2"
}
