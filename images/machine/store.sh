# shellcheck shell=bash
# The store: a Docker volume with the service images as a machine's Docker keeps them. Every machine
# mounts it at /store, read-only, instead of loading or copying images. build/store holds its name.

readonly SECONDS_TO_START_DOCKER=60

make_store() {
    local images name
    mapfile -t images < <(printf "dietstack/%s:$RELEASE\n" "${SERVICE_IMAGES[@]}")
    name=$(name_of_store "${images[@]}")
    is_complete "$name" || fill_store "$name" "${images[@]}"
    echo "$name" >"$BUILD_DIR/store"
    remove_stores_but "$name"
}

name_of_store() { # IMAGE...
    local ids
    ids=$(docker image inspect --format '{{.Id}}' "$@") ||
        fail "a store holds all service images: make them with images/build.sh"
    echo "dietstack-store-$RELEASE-$(hash <<<"$ids" | cut -c 1-12)"
}

# is_complete STORE: ends the build when Docker cannot tell.
is_complete() {
    local status=0
    is_store "$1" || return
    docker run --rm --network none --volume "$1:/store:ro" --entrypoint test \
        "dietstack/machine:$RELEASE" -e /store/complete || status=$?
    ((status <= 1)) || exit "$status"
    return "$status"
}

is_store() { # NAME
    local there
    there=$(stores) || exit
    grep --quiet --line-regexp --fixed-strings "$1" <<<"$there"
}

stores() {
    docker volume ls --quiet --filter label=dietstack.store
}

# fill_store STORE IMAGE...: a machine loads the images into it. One that an earlier run left is made anew.
fill_store() {
    local store=$1 machine=$1-filling
    shift
    docker rm --force --volumes "$machine" # no error if there is none
    ! is_store "$store" || docker volume rm "$store"
    docker volume create --label dietstack.store="$RELEASE" "$store"
    images/machine/run "$machine" --network none --volume "$store:/var/lib/docker"
    await_docker_in "$machine"
    docker save "$@" | docker exec --interactive "$machine" docker load
    docker exec "$machine" /usr/libexec/dietstack-machine/finish-store
    docker rm --force --volumes "$machine"
}

# await_docker_in MACHINE: until it answers; fails at once when the machine ends.
await_docker_in() {
    local deadline=$((SECONDS + SECONDS_TO_START_DOCKER)) said running
    until said=$(docker exec "$1" docker version 2>&1); do
        running=$(docker container inspect --format '{{.State.Running}}' "$1")
        [[ $running == true ]] || fail "machine $1 ended; see: docker logs $1"
        ((SECONDS < deadline)) ||
            fail "Docker in machine $1 did not start within $SECONDS_TO_START_DOCKER s: ${said##*$'\n'}; see: docker logs $1"
        sleep 0.2
    done
}

# One that a machine still uses goes another time.
remove_stores_but() { # STORE
    local store there users
    there=$(stores)
    for store in $there; do
        users=$(docker ps --all --quiet --filter volume="$store")
        [[ $store == "$1" || -n $users ]] || docker volume rm "$store"
    done
}
