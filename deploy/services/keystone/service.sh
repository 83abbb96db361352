# shellcheck shell=bash
image=openstack
ports=(control:5000)
databases=(keystone)
endpoints=(identity=5000/v3)
keys=(-v "$STATE_DIR/keystone:/etc/keystone/keys")
job_options=("${keys[@]}")

containers() {
    on control container keystone "${keys[@]}"
}
