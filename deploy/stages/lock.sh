# shellcheck shell=bash
# Two deployments of one machine would undo each other's work. Every process that runds.sh starts
# inherits its lock; when runds.sh was killed, what still holds the lock is what it left behind.

readonly LOCK_FILE=/run/dietstack.lock

only_one_at_a_time() {
    local job
    exec {lock}>>"$LOCK_FILE"
    if ! flock --nonblock "$lock"; then
        ! alive "$(<"$LOCK_FILE")" ||
            refuse "process $(<"$LOCK_FILE") works on this machine's cloud already: wait for it to end"
        end_orphans
        flock --timeout $((10 * PATIENCE)) "$lock" || fail "$LOCK_FILE is held by processes of an earlier run that do not end"
    fi
    echo $$ >"$LOCK_FILE"
    for job in $(docker ps --quiet --filter label=dietstack.job); do
        remove_container "$job"
    done
}

alive() { # PID
    [[ -n $1 && -d /proc/$1 && $(tr '\0' ' ' <"/proc/$1/cmdline") == *ds.sh* ]]
}

end_orphans() {
    local link
    for link in /proc/[0-9]*/fd/*; do
        [[ $link -ef $LOCK_FILE ]] || continue # a container may have a file of the same name
        link=${link#/proc/}
        [[ ${link%%/*} == "$$" || ${link%%/*} == "$BASHPID" ]] || kill -KILL "${link%%/*}" 2>/dev/null || true
    done
}
