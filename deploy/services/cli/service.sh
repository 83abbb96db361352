# shellcheck shell=bash
image=openstack
ports=()

containers() {
    local folders=()
    add_folders_of_the_host
    on control container cli --mount "type=bind,src=$STATE_DIR/clouds.yaml,dst=/etc/openstack/clouds.yaml,readonly" \
        --env OS_CLIENT_CONFIG_FILE=/etc/openstack/clouds.yaml --env HISTFILE= \
        -v "$STATE_DIR/ssh:$STATE_DIR/ssh" "${folders[@]}"
}

# Where people have the files that they name to the openstack command: all that no system has of its own at the top.
# Where mounts are shared, those to come are seen there as well, and those that go are let go.
add_folders_of_the_host() {
    local folder
    for folder in /*; do
        [[ -d $folder && ! -L $folder ]] || continue
        case ${folder#/} in
        bin | boot | dev | etc | lib* | lost+found | opt | proc | run | sbin | snap | srv | sys | usr | var) ;;
        *' '* | *:*) ;; # not for docker run -v
        *) folders+=(-v "$folder:$folder$(followed "$folder")") ;;
        esac
    done
}

followed() { # FOLDER: prints what has Docker follow the mounts in it, if it can
    [[ $(findmnt --noheadings --output PROPAGATION --target "$1") != shared* ]] || echo :rslave
}
