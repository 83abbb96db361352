# shellcheck shell=bash
# How the host was before us, so that lower_network can give back exactly that. One fact a line,
# `KEY VALUE`; the first value seen stays, however often the network is raised.

# remember KEY VALUE
remember() {
    local file
    file=$(remembered_file)
    mkdir -p "${file%/*}"
    [[ -n $(remembered "$1") ]] || printf '%s %s\n' "$1" "$2" >>"$file"
}

# remembered KEY: its value; nothing if KEY was never remembered.
remembered() {
    local file key value
    file=$(remembered_file)
    [[ -f $file ]] || return 0
    while read -r key value; do
        if [[ $key == "$1" ]]; then
            printf '%s\n' "$value"
            return
        fi
    done <"$file"
}

# remembered_keys PREFIX: all keys that start so.
remembered_keys() {
    local file key
    file=$(remembered_file)
    [[ -f $file ]] || return 0
    while read -r key _; do
        [[ $key != "$1"* ]] || printf '%s\n' "$key"
    done <"$file"
}

forget_all() {
    rm -f "$(remembered_file)"
}

remembered_file() {
    echo "$STATE_DIR/network/before"
}
