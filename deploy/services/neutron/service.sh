# shellcheck shell=bash
image=openstack
ports=(control:9696)
databases=(neutron)
endpoints=(network=9696)

containers() {
    on control container server
    # Network namespaces belong to the host, so that routers live on while their agent is replaced.
    container agents --cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add NET_RAW --pid host \
        --security-opt apparmor=unconfined --security-opt seccomp=unconfined --security-opt systempaths=unconfined \
        -v /run/netns:/run/netns:shared -v "$STATE_DIR/run/neutron:/var/lib/neutron" "${resolved[@]}"
}

# The folder, because systemd-resolved replaces the file.
resolved=()
[[ ! -e /run/systemd/resolve/resolv.conf ]] || resolved=(-v /run/systemd/resolve:/run/systemd/resolve:ro)
