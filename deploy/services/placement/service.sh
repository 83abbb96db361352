# shellcheck shell=bash disable=SC2034
image=openstack
ports=(control:8778)
databases=(placement)
endpoints=(placement=8778)

containers() {
    on control container placement
}
