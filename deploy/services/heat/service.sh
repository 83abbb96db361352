# shellcheck shell=bash
image=openstack
ports=(control:8004 control:8000)
databases=(heat)
endpoints=("orchestration=8004/v1/%(project_id)s" heat-cfn:cloudformation=8000/v1)
keys=(-v "$STATE_DIR/heat:/etc/heat/keys")
job_options=("${keys[@]}")

containers() {
    on control container heat "${keys[@]}"
}
