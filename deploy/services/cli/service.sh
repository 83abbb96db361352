# shellcheck shell=bash
image=openstack
ports=()

containers() {
    on control container cli --mount "type=bind,src=$STATE_DIR/clouds.yaml,dst=/etc/openstack/clouds.yaml,readonly" \
        -v "$STATE_DIR/ssh:/root/.ssh"
}
