# shellcheck shell=bash disable=SC2034
image=openstack
ports=("control:$HORIZON_PORT")

containers() {
    on control container horizon
}
