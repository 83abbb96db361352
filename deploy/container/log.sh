# shellcheck shell=bash

readonly LOG_LIMIT=$((8 << 20)) LOG_CHECK_SECONDS=60

# log_to FILE: what this process and the one it becomes print is appended to /var/log/dietstack/FILE.
log_to() {
    exec >>"/var/log/dietstack/$1" 2>&1
    bound "/var/log/dietstack/$1" &
}

# bound PATTERN...: for ever keeps the files that others write below the limit, and one older part of each.
# What counts is the room on the disk: a writer that does not append leaves a hole where the rest was.
bound() {
    local file
    while sleep "$LOG_CHECK_SECONDS"; do
        # shellcheck disable=SC2068  # patterns
        for file in $@; do
            if [[ -f $file && $(stat --format '%b * %B' "$file") -gt $LOG_LIMIT ]]; then
                # On a full disk there is no room for an older part; a file may go while it is looked at.
                cp "$file" "$file.1" || rm -f "$file.1"
                truncate --no-create --size 0 "$file" || true
            fi
        done
    done
}
