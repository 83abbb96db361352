# shellcheck shell=bash disable=SC2034
image=memcached
ports=(control:11211)

containers() {
    on control container memcached
}
