# shellcheck shell=bash disable=SC2034
image=openstack
ports=(control:9696)
databases=(neutron)
endpoints=(network=9696)

containers() {
    on control container api
    on control container workers
    container linuxbridge --cap-add NET_ADMIN --cap-add SYS_ADMIN --security-opt systempaths=unconfined \
        --security-opt apparmor=unconfined "${namespaces[@]}"
    on control container l3 "${namespace_agent[@]}"
    on control container dhcp "${namespace_agent[@]}"
    on control container metadata -v "$STATE_DIR/run/neutron:/var/lib/neutron"
}

# Network namespaces belong to the host, so that routers live on while their agent is replaced.
namespaces=(-v /run/netns:/run/netns:shared)
namespace_agent=(--cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add NET_RAW --pid host
    --security-opt apparmor=unconfined --security-opt seccomp=unconfined --security-opt systempaths=unconfined
    "${namespaces[@]}" -v "$STATE_DIR/run/neutron:/var/lib/neutron")
