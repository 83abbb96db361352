# shellcheck shell=bash
image=libvirt
ports=(compute:16514)

# Definitions, sockets and states of running servers are kept outside, for the next libvirt to take them up.
containers() {
    on compute container libvirt \
        --pid host --cgroupns host --cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add SYS_NICE \
        --security-opt apparmor=unconfined --security-opt seccomp=unconfined \
        "${devices[@]}" \
        -v /sys/fs/cgroup:/sys/fs/cgroup \
        -v /run/dietstack/libvirt:/run/libvirt -v /dev/pts:/dev/pts \
        -v "$STATE_DIR/libvirt/state:/var/lib/libvirt" \
        -v "$STATE_DIR/libvirt/domains:/etc/libvirt/qemu" \
        -v "$STATE_DIR/instances:/var/lib/nova/instances" \
        -v "$STATE_DIR/mnt:$STATE_DIR/mnt:rshared"
}

# A /dev/kvm that does not work would only mislead libvirt.
devices=(--device /dev/net/tun)
if [[ ${VIRT_TYPE:-} == kvm ]]; then
    devices+=(--device /dev/kvm)
    [[ ! -c /dev/vhost-net ]] || devices+=(--device /dev/vhost-net)
fi
