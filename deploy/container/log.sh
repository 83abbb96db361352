# shellcheck shell=bash

readonly LOG_LIMIT=$((8 << 20)) LOG_CHECK_SECONDS=60

# log_to FILE: what this process and the one it becomes print is appended to /var/log/dietstack/FILE.
log_to() {
    exec >>"/var/log/dietstack/$1" 2>&1
    bound "/var/log/dietstack/$1" &
}

# bound FILE...: for ever keeps files that others append to below the limit and one older part of each.
bound() {
    local file
    while sleep "$LOG_CHECK_SECONDS"; do
        for file in "$@"; do
            if [[ -f $file && $(stat -c %s "$file") -gt $LOG_LIMIT ]]; then
                cp "$file" "$file.1"
                : >"$file"
            fi
        done
    done
}
