# shellcheck shell=bash
image=openstack
ports=()

containers() {
    on control container cli -v "$STATE_DIR/clouds.yaml:/etc/openstack/clouds.yaml:ro" -v "$STATE_DIR/ssh:/root/.ssh"
}
