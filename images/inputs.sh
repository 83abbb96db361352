# shellcheck shell=bash
# What an image is made of, as a hash that it carries as a label.

# is_made_of IMAGE HASH: the image is there, and of these inputs. Ends the build when Docker cannot tell.
is_made_of() {
    local label
    label=$(image_label "dietstack/$1:$RELEASE") || exit
    [[ $label == "$2" ]]
}

# image_label IMAGE: the hash that it carries; nothing if there is no such image.
image_label() {
    local there
    there=$(docker image ls --quiet "$1") || return
    [[ -z $there ]] || docker image inspect --format '{{index .Config.Labels "dietstack.inputs"}}' "$1"
}

# inputs_of NAME: its folder, the files that its Dockerfile copies, and the images that this begins with.
inputs_of() {
    local dockerfile=images/$1/Dockerfile folder=images/$1 copied parent
    copied=$(sed -nE 's/^COPY ([^-].*) [^ ]+$/\1/p; s/.*--mount=type=bind,source=([^,]+).*/\1/p' "$dockerfile")
    {
        # shellcheck disable=SC2086  # a list of names and patterns
        hash_of images/release images/openstack/uv-version "$folder" $copied
        for parent in $(sed -nE 's|^FROM dietstack/([^:]+):.*|\1|p' "$dockerfile"); do
            image_label "dietstack/$parent:$RELEASE" || exit
        done
    } | hash
}

# hash_of PATH...: names and contents of all files in them, which of them are programs, and where links lead:
# the same for every checkout of the same commit.
hash_of() {
    {
        find "$@" -name __pycache__ -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
        find "$@" -name __pycache__ -prune -o -type f -perm /100 -print -o -type l -printf '%p %l\n' | sort
    } | hash
}

# What images are made of is copied with its permissions; in containers most of it is not read by root.
refuse_hidden_files() {
    local hidden
    hidden=$(find deploy images networking \( -type d ! -perm -005 -o -type f ! -perm -004 \) -print -quit)
    [[ -z $hidden ]] ||
        refuse "$hidden is hidden from others (the umask of its checkout?): chmod -R a+rX deploy images networking"
}

hash() {
    sha256sum | cut -d ' ' -f 1
}
