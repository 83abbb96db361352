# shellcheck shell=bash
# What is done once for each release is remembered in the database itself: a wiped database forgets it.

readonly HALF_MADE='first migration not complete'
readonly DATABASE_SERVICES=(keystone placement glance nova neutron cinder heat)

prepare_databases() {
    {
        printf 'dietstack dietstack %s\n' "$(secret dietstack)"
        for service in "${DATABASE_SERVICES[@]}"; do
            databases_of "$service"
        done
    } | docker exec -i dietstack-mariadb /opt/dietstack/services/mariadb/ensure-databases
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

# migrate SERVICE: brings its databases to this release. A first migration that was killed half-way
# left tables that nothing has used yet and that a second one would trip over: it begins anew.
migrate() {
    local fingerprint step=schema-$1
    fingerprint=$(migration_fingerprint "$1")
    case ${STEPS_DONE[$step]-} in
    "$fingerprint") return ;;
    "$HALF_MADE") empty_databases "$1" ;;
    '') [[ $(number_of_tables "$1") != 0 ]] || mark_done "$step" "$HALF_MADE" ;;
    esac
    run_once "$1" migrate
    mark_done "$step" "$fingerprint"
}

# What a migration depends on; keystone's makes the admin user and his endpoints, too.
migration_fingerprint() {
    local settings=''
    [[ $1 != keystone ]] || settings="$PASSWORDS $EXTERNAL_ADDRESS $CONTROL_IP"
    sha256sum <<<"${IMAGE_IDS["dietstack/openstack:$RELEASE"]} $settings" | cut -c 1-64
}

number_of_tables() { # SERVICE
    query "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema IN ($(quoted_databases "$1"))"
}

empty_databases() { # SERVICE
    local database
    for database in $(databases_of "$1" | cut -d ' ' -f 1); do
        query "DROP DATABASE $database; CREATE DATABASE $database"
    done
}

quoted_databases() { # SERVICE
    databases_of "$1" | cut -d ' ' -f 1 | sed "s/.*/'&'/" | paste -sd ,
}

# load_what_is_done: the steps that were finished before this run, in STEPS_DONE.
load_what_is_done() {
    local step fingerprint rows
    declare -gA STEPS_DONE=()
    rows=$(query 'CREATE TABLE IF NOT EXISTS dietstack.done
        (step VARCHAR(64) PRIMARY KEY, fingerprint VARCHAR(80) NOT NULL);
        SELECT step, fingerprint FROM dietstack.done')
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
    docker exec -i dietstack-mariadb mariadb --batch --skip-column-names <<<"$1"
}
