#!/usr/bin/env bash
# destroyds.sh [--keep-data]: takes DietStack off this machine, which is as it was afterwards. Docker's
# images stay. May be killed at any moment and run again. Exit codes: 0 nothing of ours is left, 1
# something failed while working, 2 refused before anything was changed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
for part in deploy/{inherited,messages,progress,settings}.sh deploy/{checks,network,destroy}/*.sh deploy/stages/lock.sh; do
    . "$part"
done

usage() {
    cat <<'END'
usage: ./destroyds.sh [--keep-data]

Removes containers, servers, network and state of DietStack from this machine.

  --keep-data  leaves /srv/dietstack: database, images, volumes, servers' disks and settings, which
               the next runds.sh takes up again
  --help       prints this
END
}

main() {
    local keep_data=false
    while (($# > 0)); do
        case $1 in
        --keep-data) keep_data=true ;;
        --help)
            usage
            exit 0
            ;;
        *) refuse "option '$1' is not known; there are --keep-data and --help" ;;
        esac
        shift
    done
    check_everything_can_be_removed "$keep_data"
    only_one_at_a_time
    destroy "$keep_data"
}

main "$@"
