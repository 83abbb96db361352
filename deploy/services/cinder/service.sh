# shellcheck shell=bash
image=openstack
ports=(control:8776)
databases=(cinder)
# Its official type, and the one that Nova, Heat and older clients look for.
endpoints=(block-storage=8776/v3 cinderv3:volumev3=8776/v3)

containers() {
    on control container api
    on control container storage "${storage[@]}" -v "$STATE_DIR/backups:/var/lib/cinder/backups"
}

storage=(--pid host --cap-add NET_ADMIN --cap-add SYS_ADMIN --cap-add DAC_READ_SEARCH
    --device /dev/fuse --cgroupns host --security-opt apparmor=unconfined
    --security-opt seccomp=unconfined -v /sys/fs/cgroup:/sys/fs/cgroup -v "$STATE_DIR/mnt:$STATE_DIR/mnt:rshared")
