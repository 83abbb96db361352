# shellcheck shell=bash

DAEMON_LOGS=/var/log
DAEMON_START_SECONDS=60

# start_daemon NAME SERVICE PROGRAM ANSWERS: by systemd where it runs the host, else by hand; until the command
# ANSWERS succeeds.
start_daemon() {
    local pid=''
    say "Starting $1"
    if systemd_runs; then
        systemctl start "$2" || fail "$1 does not start; see: journalctl -u $2"
    else
        setsid nohup "$3" >>"$DAEMON_LOGS/$3.log" 2>&1 </dev/null &
        pid=$!
    fi
    await_daemon "$1" "$3" "$4" "$pid"
}

systemd_runs() {
    [[ -d /run/systemd/system ]]
}

# await_daemon NAME PROGRAM ANSWERS [PID]: fails at once if the process PID ends.
await_daemon() {
    local deadline=$((SECONDS + DAEMON_START_SECONDS)) log=$DAEMON_LOGS/$2.log
    until "$3"; do
        if [[ -n $4 && ! -d /proc/$4 ]]; then
            fail "$2 ended: $(tail -n 1 "$log"); see $log"
        fi
        ((SECONDS < deadline)) || fail "$1 did not answer within $DAEMON_START_SECONDS s"
        sleep 0.2
    done
}
