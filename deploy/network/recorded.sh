# shellcheck shell=bash
# What a cloud was made with, which the next run has to agree with: facts by name, each in a file of its own.

# record NAME VALUE: whole or not at all, and only what is new; every boot comes by here.
record() {
    local file=$STATE_DIR/network/$1
    [[ $(recorded "$1") != "$2" ]] || return 0
    mkdir -p "${file%/*}"
    printf '%s\n' "$2" >"$file.new"
    sync "$file.new"
    mv "$file.new" "$file"
}

# recorded NAME: its value; nothing before the first run.
recorded() {
    local file=$STATE_DIR/network/$1
    if [[ -s $file ]]; then
        cat "$file"
    fi
}

# The rules need it at boot, when the interface may still lack it; volumes of servers are mounted from it for good.
record_ds_address() {
    record ds "$(ds_address)"
}

recorded_ds_address() {
    local address
    address=$(recorded ds)
    echo "${address%/*}"
}

recorded_ds_network() {
    network_of "$(recorded ds)"
}

# What the database describes from now on: another EXTERNAL_IP would contradict it.
record_external_network() {
    record external "$EXTERNAL_IP $EXTERNAL_BRIDGE"
}

recorded_external_network() { # EXTERNAL_IP EXTERNAL_BRIDGE
    recorded external
}
