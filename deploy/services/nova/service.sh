# shellcheck shell=bash
image=openstack
ports=(control:8774 control:8775 control:6080 compute:8022)
databases=(nova nova_api nova_cell0)
endpoints=(compute=8774/v2.1)

containers() {
    on control container control
    # Nova reads a console only if it sees the terminal that QEMU, in another container, made for it.
    # The NFS client has to outlive this container, and what it mounts has to be seen by libvirt.
    on compute container compute \
        --pid host --cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add DAC_READ_SEARCH \
        --security-opt apparmor=unconfined --security-opt seccomp=unconfined \
        --device /dev/net/tun --device /dev/fuse --cgroupns host \
        -v /sys/fs/cgroup:/sys/fs/cgroup \
        --env MEMORY_OF_OTHERS="${MEMORY_OF_OTHERS-}" \
        -v /run/dietstack/libvirt:/run/libvirt -v /dev/pts:/dev/pts \
        -v "$STATE_DIR/nova:/var/lib/nova" \
        -v "$STATE_DIR/instances:/var/lib/nova/instances" \
        -v "$STATE_DIR/mnt:$STATE_DIR/mnt:rshared"
    # Where no other node can be, no disk comes from one.
    [[ ${DS_IP:-} == 127.* ]] || on compute container ssh -v "$STATE_DIR/instances:/var/lib/nova/instances"
}
