# shellcheck shell=bash
# All that could go wrong later and can be known now. Nothing is changed here; the first thing found
# is refused in one line. What needs the least comes first, so that every check may rely on those
# before it.

check_everything() {
    check_root
    check_system
    check_commands
    check_settings
    check_state_is_no_link
    check_role_stays
    check_name_stays
    check_ds_interface
    check_ds_interface_is_remembered
    check_volumes_stay_where_they_are
    check_external_bridge
    check_external_interface
    check_external_network
    check_docker
    check_images
    check_ports
    check_memory
    check_disk
    check_file_system
    check_kernel
    check_control_node
    check_name_servers
}
