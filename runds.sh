#!/bin/bash
# runds.sh: deploys DietStack on this machine, or brings it to the settings that are in force now.
# May be killed at any moment and run again. Settings: docs/settings.md. Exit codes: 0 the cloud is
# ready, 1 something failed while working, 2 refused before anything was changed.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
source deploy/deploy.sh
main "$@"
