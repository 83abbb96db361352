# shellcheck shell=bash
# /srv/dietstack: all that outlives a container.

# What is on disks of servers and volumes is for root alone: for NFS-Ganesha, Cinder, Nova, libvirt and QEMU. So is
# what services tell each other, and log. The containers' own users come to theirs by the mounts.
make_state() {
    install -d -m 0700 "$STATE_DIR"/{config,log,run}
    if [[ $CONTROL_NODE == true ]]; then
        mkdir -p "$STATE_DIR"/{keystone,glance}
        install -d -m 0700 "$STATE_DIR"/{mariadb,rabbitmq,volumes,backups,ssh}
        write_clouds
    fi
    [[ $COMPUTE_NODE != true ]] || install -d -m 0700 "$STATE_DIR/instances"
}

# clouds.yaml: the admin and the demo cloud, for the openstack command and for openstacksdk. It stays the file that
# the container of that command has mounted.
write_clouds() (
    target=$STATE_DIR/clouds.yaml
    umask 077
    make_way_for_file "$target"
    {
        echo 'clouds:'
        cloud_entry dietstack-admin admin admin "$PASSWORDS" "$EXTERNAL_ADDRESS" public
        cloud_entry dietstack-demo demo demo "$PASSWORDS" "$EXTERNAL_ADDRESS" public
    } >"$target.new"
    touch "$target"
    chmod 0600 "$target"
    cmp -s "$target.new" "$target" || cat "$target.new" >"$target"
    rm "$target.new"
)

cloud_entry() { # NAME USER PROJECT PASSWORD ADDRESS INTERFACE
    cat <<END
  $1:
    auth:
      auth_url: http://$5:5000/v3
      username: $2
      password: '$4'
      project_name: $3
      user_domain_name: Default
      project_domain_name: Default
    region_name: RegionOne
    interface: $6
    identity_api_version: 3
END
}
