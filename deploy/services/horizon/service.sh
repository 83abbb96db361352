# shellcheck shell=bash
image=openstack
ports=("control:$HORIZON_PORT")

containers() {
    on control container horizon
}
