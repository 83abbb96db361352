"""A host on which a lab comes up, if one believes its programs: they are fakes, and all that there are."""

import os
import shutil
from pathlib import Path

import pytest

from tests.unit.lab.programs import Programs

TOOLS = ("bash", "cat", "env", "sleep", "ssh-keygen")
SCENARIO = """
description: for a test
machines:
  control: {roles: [control], memory: 512}
  compute1: {roles: [compute], memory: 512}
  compute2: {roles: [compute], memory: 512}
"""

# Nobody listens there.
CLOUDS = """
clouds:
  dietstack-admin:
    auth: {auth_url: "http://127.0.0.1:1/v3", username: admin, password: secret, project_name: admin}
"""

# What the programs share: one of them waits for ever in the stage that the file `hang` names.
SHARED = """
told() { cat "$HOST/$1" 2>/dev/null; }
hang() { [[ $(told hang) != "$1" ]] || { echo "$1" >"$HOST/hanging"; exec sleep 600; }; }
"""
IP = "[[ $* == *default ]] && told way-out || told routes"
VIRSH = '[[ $* != *version* ]] || { hang doctor; echo "Running against daemon: 9.0.0"; }'
VAGRANT = """
case "$*" in
--version) echo "Vagrant $(told vagrant)" ;;
"plugin list") told plugins ;;
up*)
    sleep 600 & # a program that it starts, which an interruption does not reach
    hang boot
    kill $!
    ! told boot-fails || exit 1
    ;;
esac
"""
DOCKER = """
case "$*" in
version*) echo 20.10.24 ;;
info*) echo overlay2 ;;
"ps --all --filter"*) told containers ;;
rm*) hang removal; : >"$HOST/containers" ;;
"container inspect "*)
    inspected=$(told inspected)
    [[ $(told "paused-$3") == yes ]] || inspected=${inspected/'"Paused": true'/'"Paused": false'}
    echo "$inspected"
    ;;
pause*) echo yes >"$HOST/paused-$2" ;;
unpause*) echo no >"$HOST/paused-$2" ;;
run*)
    [[ $* =~ ([a-z_]+)' /checkpoint/' ]]
    hang "${BASH_REMATCH[1]}"
    ! told full >&2
    ;;
logs*) echo 'Kernel panic - not syncing' ;;
esac
"""
# All machines answer but those in the file `silent`; in all a deployment succeeds but in those in `failing`.
SSH = """
[[ $* =~ ' '(control|compute[0-9])' ' ]] && machine=${BASH_REMATCH[1]}
[[ $(told silent) != *"$machine"* ]] || exit 255
case "$*" in
*"sudo bash -s")
    hang "deploy $machine"
    echo 'network of the host    0.1 s'
    [[ $(told failing) != *"$machine"* ]] || { echo 'failed: no image of nova'; exit 1; }
    ;;
*"cat /srv/dietstack/settings.sh"*) echo "PASSWORDS='secret'" ;;
*"cat /srv/dietstack/clouds.yaml"*) told clouds.yaml ;;
*EPOCHREALTIME*) echo 350000 ;;
esac
"""
INSPECTED = """
[{"Id": "known", "Image": "machine", "State": {"Running": true, "Paused": true},
  "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/docker/overlay2/known/diff"}},
  "Mounts": [
    {"Type": "volume", "Name": "one", "Destination": "/var/lib/docker", "Source": "/docker/one/_data"},
    {"Type": "volume", "Name": "two", "Destination": "/srv/dietstack", "Source": "/docker/two/_data"},
    {"Type": "volume", "Name": "dietstack-store", "Destination": "/store", "Source": "/docker/store/_data"}
  ]}]
"""
PROGRAMS = {"ip": IP, "virsh": VIRSH, "vagrant": VAGRANT, "docker": DOCKER, "ssh": SSH}
PROGRAMS["apt-cache"] = 'echo "  Candidate: 0.11.2-1"'
PROGRAMS |= dict.fromkeys(("modprobe", "unshare"), "")


class Host:
    """The host; its programs look into FOLDER for what they shall tell."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.state = folder / "dietstack-lab"
        self.programs = Programs(folder / "bin", monkeypatch)
        for tool in TOOLS:
            (self.programs.folder / tool).symlink_to(shutil.which(tool) or os.devnull)
        for name, script in PROGRAMS.items():
            self.programs.put(name, SHARED + script)
        for name, value in (("PATH", self.programs.folder), ("HOST", folder), ("HOME", folder)):
            monkeypatch.setenv(name, str(value))
        monkeypatch.setenv("XDG_STATE_HOME", str(folder))
        self.tells("vagrant", "2.3.4")
        self.tells("plugins", "vagrant-libvirt (0.11.2, system)")
        self.tells("routes", "[]")
        self.tells("containers", "")
        self.tells("way-out", '[{"dst": "default", "gateway": "10.0.0.1", "dev": "eth0"}]')
        self.tells("resolv.conf", "")
        self.tells("build/store", "dietstack-store\n")
        self.tells("build/box/machine.box", "")
        self.tells("class/scenario.yaml", SCENARIO)
        self.tells("clouds.yaml", CLOUDS)
        self.tells("inspected", INSPECTED)

    def tells(self, what: str, text: str) -> None:
        """Let the host tell TEXT of WHAT, a file."""
        file = self.folder / what
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def lacks(self, what: str) -> None:
        """Let the host know nothing of WHAT, a file or a program in `bin`."""
        (self.folder / what).unlink(missing_ok=True)

    @property
    def standing(self) -> set[str]:
        """The containers that are paused."""
        files = self.folder.glob("paused-*")
        return {file.name.removeprefix("paused-") for file in files if file.read_text() == "yes\n"}

    @property
    def scenario(self) -> str:
        """What a person types to mean its scenario."""
        return str(self.folder / "class")

    @property
    def has_booted(self) -> bool:
        """Whether Vagrant was told to boot machines."""
        return any(call.startswith("up") for call in self.programs.calls("vagrant"))
