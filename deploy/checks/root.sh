# shellcheck shell=bash

check_root() {
    ((EUID == 0)) || refuse "user $(id -un) may not do this: run it as root (sudo)"
}
