# shellcheck shell=bash
# Keystone, and in it all users, services and endpoints.

start_identity() {
    start_service keystone
    start_service cli
    make_admin
    make_catalog
    together await_service keystone cli
}

# The admin user, his project and roles, and keystone's endpoints.
make_admin() {
    local fingerprint
    fingerprint=$(sha256sum <<<"$OPENSTACK_INPUTS $PASSWORDS $EXTERNAL_ADDRESS $CONTROL_IP" | cut -c 1-64)
    done_with admin "$fingerprint" && knows_password_of admin admin && return
    run_once keystone bootstrap
    mark_done admin "$fingerprint"
}

make_catalog() {
    local wanted fingerprint
    wanted=$(wanted_catalog)
    fingerprint=$(sha256sum <<<"$wanted" | cut -c 1-64)
    done_with catalog "$fingerprint" && knows_password_of demo demo && return
    await_url "http://$CONTROL_IP:5000/v3"
    inside dietstack-cli /opt/openstack/bin/python3 /opt/dietstack/services/cli/catalog.py <<<"$wanted"
    mark_done catalog "$fingerprint"
}

# knows_password_of USER PROJECT: PASSWORDS is theirs still; it can be changed in Horizon.
knows_password_of() {
    local status
    await_url "http://$CONTROL_IP:5000/v3"
    status=$(token_request "$1" "$PASSWORDS" "$2" | ask_control_node /v3/auth/tokens --data @- \
        --header 'Content-Type: application/json' --output /dev/null --write-out '%{http_code}')
    [[ $status != 401 ]]
}

await_url() { # URL: answers at all; what must answer right is asked later
    local seconds=$((READY_SECONDS * PATIENCE))
    curl --silent --show-error --noproxy '*' --output /dev/null --retry-connrefused --retry "$seconds" --retry-delay 1 \
        --retry-max-time "$seconds" --max-time $((10 * PATIENCE)) "$1"
}

# wanted_catalog: the lines that catalog.py reads.
wanted_catalog() {
    local service endpoints endpoint name type
    for service in "${DATABASE_SERVICES[@]}"; do
        printf 'user %s %s\n' "$service" "$(secret "$service")"
    done
    for service in "${DATABASE_SERVICES[@]}"; do
        endpoints=()
        source "$SERVICES_DIR/$service/service.sh"
        for endpoint in "${endpoints[@]}"; do # [NAME:]TYPE=PORT/PATH; the name is the service's unless given
            type=${endpoint%%=*}
            name=${type%:*}
            [[ $type == *:* ]] || name=$service
            printf 'endpoint %s %s http://%s:%s http://%s:%s\n' "$name" "${type#*:}" \
                "$EXTERNAL_ADDRESS" "${endpoint#*=}" "$CONTROL_IP" "${endpoint#*=}"
        done
    done
    printf 'heat-domain %s\n' "$(secret heat-domain)"
    printf 'demo %s\n' "$PASSWORDS"
}
