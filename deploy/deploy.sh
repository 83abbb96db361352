# shellcheck shell=bash
# The way from a machine to a ready cloud.

readonly READY_SECONDS=180 # times PATIENCE
# The order is that of the first start: a service stands behind those it asks.
readonly INFRASTRUCTURE=(keeper mariadb rabbitmq memcached nfs libvirt)

for part in inherited messages progress settings memory; do
    source "deploy/$part.sh"
done
for part in deploy/network/*.sh deploy/checks/*.sh deploy/stages/*.sh; do
    source "$part"
done
for part in containers together container/secret container/name_servers; do
    source "deploy/$part.sh"
done

main() {
    (($# == 0)) || refuse "runds.sh takes no arguments, '$1' was given; settings go into the environment (docs/settings.md)"
    local started=$EPOCHREALTIME
    check_root
    load_settings
    check_everything
    only_one_at_a_time
    save_settings
    look_at_docker

    step 'state directories' make_state
    step 'network of the host' raise_network
    install_unit
    step 'hypervisor' choose_hypervisor
    VIRT_TYPE=$(<"$STATE_DIR/run/virt-type")
    MEMORY_OF_OTHERS=$(memory_of_others)
    step 'infrastructure' start_infrastructure
    if [[ $CONTROL_NODE == true ]]; then
        step 'databases' prepare_databases
        step 'identity' start_identity
    fi
    step 'services' start_services
    if [[ $CONTROL_NODE == true ]]; then
        step 'demo project' make_demo_project
    fi
    step 'ready' await_ready
    say "DietStack $RELEASE is ready after $(printf '%.1f' "$(seconds_since "$started")") s."
    introduce_cloud
}
