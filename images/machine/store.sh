# shellcheck shell=bash
# The store: a Docker volume with the service images as a machine's Docker keeps them. Every machine
# mounts it at /store, read-only, instead of loading or copying images. build/store holds its name.

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

is_complete() { # STORE
    docker volume inspect "$1" >/dev/null 2>&1 &&
        docker run --rm --network none --volume "$1:/store:ro" --entrypoint test \
            "dietstack/machine:$RELEASE" -e /store/complete
}

# fill_store STORE IMAGE...: a machine loads the images into it. One that an earlier run left is made anew.
fill_store() {
    local store=$1 machine=$1-filling
    shift
    docker rm --force --volumes "$machine" >/dev/null 2>&1 || true
    docker volume rm "$store" >/dev/null 2>&1 || true
    docker volume create --label dietstack.store="$RELEASE" "$store"
    images/machine/run "$machine" --network none --volume "$store:/var/lib/docker"
    docker exec "$machine" timeout 60 sh -c 'until docker version; do sleep 0.2; done' 2>/dev/null ||
        fail "Docker does not start in machine $machine; see: docker logs $machine"
    docker save "$@" | docker exec --interactive "$machine" docker load
    docker exec "$machine" /usr/libexec/dietstack-machine/finish-store
    docker rm --force --volumes "$machine"
}

# Docker keeps a volume that a machine still uses.
remove_stores_but() { # STORE
    local store
    for store in $(docker volume ls --quiet --filter label=dietstack.store); do
        [[ $store == "$1" ]] || docker volume rm "$store" || true
    done
}
