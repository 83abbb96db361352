# shellcheck shell=bash
# The admin user with the password that is in force now, its project and roles, and keystone's endpoints.

bootstrap() {
    OS_BOOTSTRAP_PASSWORD=$PASSWORDS run_service keystone-manage bootstrap \
        --bootstrap-region-id RegionOne \
        --bootstrap-public-url "http://$EXTERNAL_ADDRESS:5000/v3" \
        --bootstrap-internal-url "http://$CONTROL_IP:5000/v3" \
        --bootstrap-admin-url "http://$CONTROL_IP:5000/v3"
}
