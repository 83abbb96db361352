# shellcheck shell=bash
image=openstack
ports=(control:8778)
databases=(placement)
endpoints=(placement=8778)

containers() {
    on control container placement
}
