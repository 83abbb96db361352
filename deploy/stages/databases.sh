# shellcheck shell=bash
# What is done once for each release is remembered in the database itself: a wiped database forgets it.

readonly DATABASE_SERVICES=(keystone placement glance nova neutron cinder heat)

prepare_databases() {
    {
        printf 'dietstack dietstack %s\n' "$(secret dietstack)"
        for service in "${DATABASE_SERVICES[@]}"; do
            databases_of "$service"
        done
    } | docker exec -i dietstack-mariadb /opt/dietstack/services/mariadb/ensure-databases
    query 'CREATE TABLE IF NOT EXISTS dietstack.done (step VARCHAR(64) PRIMARY KEY, fingerprint VARCHAR(80) NOT NULL)'
    together migrate "${DATABASE_SERVICES[@]}"
}

databases_of() { # SERVICE: lines "DATABASE USER PASSWORD"
    local databases database
    # shellcheck source=/dev/null
    source "$SERVICES_DIR/$1/service.sh"
    for database in "${databases[@]}"; do
        printf '%s %s %s\n' "$database" "$1" "$(secret "$1")"
    done
}

migrate() { # SERVICE
    local fingerprint=${IMAGE_IDS[dietstack/openstack:$RELEASE]}
    done_with "schema-$1" "$fingerprint" && return
    run_once "$1" migrate
    mark_done "schema-$1" "$fingerprint"
}

done_with() { # STEP FINGERPRINT
    [[ $(query "SELECT fingerprint FROM dietstack.done WHERE step = '$1'") == "$2" ]]
}

mark_done() { # STEP FINGERPRINT
    query "REPLACE INTO dietstack.done VALUES ('$1', '$2')"
}

query() { # SQL
    docker exec -i dietstack-mariadb mariadb --batch --skip-column-names <<<"$1"
}
