# shellcheck shell=bash
image=memcached
ports=(control:11211)

containers() {
    on control container memcached
}
