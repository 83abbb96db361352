# shellcheck shell=bash
# What is done once for each release is remembered in the database itself: a wiped database forgets it.

readonly DATABASE_SERVICES=(keystone placement glance nova neutron cinder heat)

prepare_databases() {
    for service in "${DATABASE_SERVICES[@]}"; do
        databases_of "$service"
    done | inside dietstack-mariadb /opt/dietstack/services/mariadb/ensure-databases
    load_what_is_done
    together migrate "${DATABASE_SERVICES[@]}"
}

databases_of() { # SERVICE: lines "DATABASE USER PASSWORD"
    local databases database
    source "$SERVICES_DIR/$1/service.sh"
    for database in "${databases[@]}"; do
        printf '%s %s %s\n' "$database" "$1" "$(secret "$1")"
    done
}

# migrate SERVICE: brings its databases to this release. Those of a new cloud are, as they come with the image.
migrate() {
    local fingerprint=$OPENSTACK_INPUTS step=schema-$1
    [[ ${STEPS_DONE[$step]-} != "$fingerprint" ]] || return 0
    run_once "$1" migrate
    mark_done "$step" "$fingerprint"
}

# load_what_is_done: the steps that were finished before this run, in STEPS_DONE.
load_what_is_done() {
    local step fingerprint rows
    declare -gA STEPS_DONE=()
    rows=$(query 'SELECT step, fingerprint FROM dietstack.done')
    while read -r step fingerprint; do
        [[ -z $step ]] || STEPS_DONE[$step]=$fingerprint
    done <<<"$rows"
}

done_with() { # STEP FINGERPRINT
    load_what_is_done
    [[ ${STEPS_DONE[$1]-} == "$2" ]]
}

mark_done() { # STEP FINGERPRINT
    query "REPLACE INTO dietstack.done VALUES ('$1', '$2')"
}

query() { # SQL
    inside dietstack-mariadb mariadb --batch --skip-column-names <<<"$1"
}
