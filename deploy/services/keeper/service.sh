# shellcheck shell=bash
# Two of them, so that one brings back the other.
image=openstack
ports=()

containers() {
    container 1 "${socket[@]}"
    container 2 "${socket[@]}"
}

socket=(-v /var/run/docker.sock:/var/run/docker.sock)
