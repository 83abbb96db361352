# shellcheck shell=bash
# What the starts of the OpenStack services share.

readonly VENV=/opt/openstack
export PATH=$VENV/bin:$PATH
readonly COMMON=/opt/dietstack/common.conf DATABASE=/opt/dietstack/database.conf
# Fixed ports, because there is no port mapper; hard, so that a server waits while the NFS server restarts.
readonly MOUNT_OPTIONS=vers=3,proto=tcp,port=2049,mountport=20048,mountproto=tcp,nolock,hard
# Each service mounts the share for itself: Nova unmounts after the last volume it detaches.
readonly MOUNT_DIR=$STATE_DIR/mnt/$SERVICE VOLUME_EXPORT=$STATE_DIR/volumes
readonly RPC_SECONDS=$((30 * PATIENCE))
CONFIG_GROUP=openstack
password_name=${SERVICE^^}_PASSWORD
SERVICE_PASSWORD=${!password_name:-}

export HOME=/tmp

install -d -o openstack -g openstack "/run/lock/$SERVICE" "/var/lib/$SERVICE"

# serve_wsgi MODULE PORT [uwsgi option...]
# Becomes the WSGI server of MODULE:application, without root's rights, on the DS and the external network.
serve_wsgi() {
    local module=$1 port=$2
    shift 2
    own_logs
    export APPLICATION_MODULE=$module PYTHONPATH=/opt/dietstack${PYTHONPATH:+:$PYTHONPATH}
    run_as openstack pyuwsgi --http-socket "$DS_IP:$port" --http-socket "$EXTERNAL_ADDRESS:$port" \
        --module application:application --die-on-term --need-app --single-interpreter --enable-threads --threads 8 \
        --buffer-size 65535 --add-header 'Connection: close' \
        --socket-timeout 60 --chunked-input-timeout 60 \
        --disable-logging --log-5xx "$@"
}

# Files in the log directory belong to the user that writes them.
own_logs() {
    chown openstack:openstack /var/log/dietstack
    find /var/log/dietstack -name "$PROCESS.log*" -exec chown openstack:openstack {} +
}

# run_service_in_one_process MODULE PROGRAM ARGUMENT...
run_service_in_one_process() {
    run_service /opt/dietstack/one_process.py "$@"
}

run_service() { # COMMAND...: becomes it without root's rights
    own_logs
    run_as openstack "$@"
}
