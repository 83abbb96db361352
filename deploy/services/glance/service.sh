# shellcheck shell=bash
image=openstack
ports=(control:9292)
databases=(glance)
endpoints=(image=9292)

containers() {
    on control container glance -v "$STATE_DIR/glance:/var/lib/glance"
}
