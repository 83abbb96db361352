# shellcheck shell=bash disable=SC2034
image=openstack
ports=(control:5000)
databases=(keystone)
endpoints=(identity=5000/v3)

containers() {
    on control container keystone -v "$STATE_DIR/keystone:/etc/keystone/keys"
}
