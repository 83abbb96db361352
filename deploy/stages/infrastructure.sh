# shellcheck shell=bash

start_infrastructure() {
    together bring_up "${INFRASTRUCTURE[@]}"
}

bring_up() { # SERVICE
    start_service "$1"
    await_service "$1"
}
