"""States of virtual machines: what libvirt is told, and in which order."""

from multiprocessing import get_context
from os import getpid
from pathlib import Path
from signal import SIGKILL
from uuid import uuid4

import pytest

from lab.checkpoint.half_written import half_written
from lab.checkpoint.restoring import recover, remember
from lab.cli.main import words_of
from lab.deadline import Deadline
from lab.errors import LabError, Layer
from lab.labs import Lab, create_lab, forget_lab, full_name
from lab.machine import Machine
from lab.provider.box import BOX
from lab.provider.libvirt import LibvirtProvider
from lab.provider.libvirt_states import LATE, note, on_disk
from lab.scenario import Scenario
from tests.unit.lab.programs import Programs
from tests.unit.lab.scenarios import MULTINODE

SMALL = Scenario.model_validate(MULTINODE.with_computes(1).model_dump())
DESCRIPTION = """<domain type='kvm'>
  <uuid>UUID</uuid>
  <disk type='file' device='cdrom'><source file='/pool/seed.iso'/></disk>
  <disk type='file' device='disk'>
    <driver name='qemu' type='qcow2' cache='unsafe'/>
    <source file='/pool/%s'/>
  </disk>
</domain>
"""
# What a domain does, which UUID and which disk it has are files, as are the disks in the pool.
VIRSH = """
shift 3
has() { cat "$LIBVIRT_HAS/$1-$2"; }
kill_who_saves() { # WHAT: if that is what is copied when it shall happen
    [[ -e $LIBVIRT_HAS/saves && $(cat "$LIBVIRT_HAS/killed-with") == "$1" ]] || return 0
    kill -KILL "$(cat "$LIBVIRT_HAS/saves")"
    exit 1
}
refuse_without_networks() {
    grep -qE 'multinode|vagrant' <(ls "$LIBVIRT_HAS/idle") || return 0
    echo "network 'dslab-multinode-ds' is not active" >&2
    exit 1
}
case "$*" in
"list --all --name") ls "$LIBVIRT_HAS" | sed -n 's/^disk-//p' ;;
"list --name") grep -lE 'running|paused' "$LIBVIRT_HAS"/state-* | sed 's/.*state-//' ;;
"pool-list "*) echo default ;;
"vol-list "*) ls "$LIBVIRT_HAS/pool" | sed 's/.*/ & \\/pool\\/&/' ;;
"vol-dumpxml "*) printf '<backingStore>\\n  <path>/pool/%s</path>\\n' "$(cat "$LIBVIRT_HAS/pool/$2")" ;;
"vol-create-as "*) touch "$LIBVIRT_HAS/pool/$3" ;;
"vol-delete "*) rm "$LIBVIRT_HAS/pool/$2" ;;
"vol-download "*)
    kill_who_saves disk
    echo disk >"$3"
    ;;
"vol-upload "*) [[ ! -e $LIBVIRT_HAS/full ]] || { echo 'No space left on device' >&2; exit 1; } ;;
"domblklist "*)
    echo ' file   cdrom   sda   /pool/seed.iso'
    echo " file   disk    vda   /pool/$(has disk "$2")"
    ;;
"domstate "*) has state "$2" ;;
"domuuid "*) has uuid "$2" ;;
"suspend "*) echo paused >"$LIBVIRT_HAS/state-$2" ;;
"domiflist "*)
    echo ' -   network   vagrant-libvirt      virtio   52:54:00:b2:4b:01'
    echo ' -   network   dslab-multinode-ds   virtio   02:d5:c0:a8:17:0a'
    ;;
"net-list --inactive --name") ls "$LIBVIRT_HAS/idle" ;;
"net-start vagrant-libvirt") # another lab has, at this moment
    rm -f "$LIBVIRT_HAS/idle/$2"
    echo 'Network is already running' >&2
    exit 1
    ;;
"net-start "*)
    [[ ! -e $LIBVIRT_HAS/taken ]] || { echo 'Network is already in use by interface eth1' >&2; exit 1; }
    rm "$LIBVIRT_HAS/idle/$2"
    ;;
"start "*) refuse_without_networks; echo running >"$LIBVIRT_HAS/state-$2" ;;
"resume "*)
    [[ ! -e $LIBVIRT_HAS/job-$2 ]] || { echo 'cannot acquire state change lock' >&2; exit 1; }
    echo running >"$LIBVIRT_HAS/state-$2"
    ;;
"destroy "*) echo 'shut off' >"$LIBVIRT_HAS/state-$2" ;;
"snapshot-create-as "*" --no-metadata --memspec file="*",snapshot=external --diskspec vda,snapshot=no")
    [[ ! -e $LIBVIRT_HAS/unwilling ]] || { echo 'it does not migrate' >&2; exit 1; }
    touch "$LIBVIRT_HAS/job-$2"
    kill_who_saves memory
    rm "$LIBVIRT_HAS/job-$2"
    memory=${5#file=} memory=${memory%,snapshot=external}
    echo "$2 $(has uuid "$2")" >"${memory//,,/,}"
    ;;
"save-image-dumpxml "*)
    read -r _ uuid <"$2"
    sed "s/NAME/saved.img/; s/UUID/$uuid/" "$LIBVIRT_HAS/description"
    ;;
"restore "*)
    refuse_without_networks
    [[ ! -e $LIBVIRT_HAS/forgetful ]] || { cat "$LIBVIRT_HAS/forgetful" >&2; exit 1; }
    read -r domain uuid <"$2"
    [[ $(has uuid "$domain") == "$uuid" ]] || { echo "domain '$domain' already exists" >&2; exit 1; }
    cp "$4" "$LIBVIRT_HAS/restored-$domain.xml"
    echo paused >"$LIBVIRT_HAS/state-$domain"
    ;;
"dumpxml "*) sed "s/NAME/$2-now.img/; s/UUID/$(has uuid "$2")/" "$LIBVIRT_HAS/description" ;;
"define "*) # for the one domain whose disk it was before
    domain=$(sed -nE 's,.*/pool/(dslab-[a-z0-9-]+).*img.*,\\1,p' "$2")
    sed -nE 's,.*/pool/(dslab.*img).*,\\1,p' "$2" >"$LIBVIRT_HAS/disk-$domain"
    ;;
"domjobabort "*) rm "$LIBVIRT_HAS/job-$2" ;;
"domifaddr "*) echo ' vnet0      52:54:00:b2:4b:01    ipv4         192.168.121.57/24' ;;
*) echo "unknown: $*" >&2; exit 1 ;;
esac
"""
DOMAINS = [f"dslab-multinode-{name}" for name in SMALL.machines]


@pytest.fixture(autouse=True)
def clocks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The machines whose clocks were set, which had what they wrote on their disks before.

    At the first question there is no way to compute1.
    """
    clocks: list[str] = []
    synced: list[str] = []
    unreachable = ["compute1"]

    def run(machine: Machine, command: str, *_arguments: str) -> None:
        if command == "sync":
            synced.append(machine.name)
            return
        assert command == "date --utc --set @%s"
        assert machine.name in synced
        if machine.name in unreachable:
            unreachable.remove(machine.name)
            raise LabError(Layer.MACHINE, f"machine {machine.name} does not answer: No route to host")
        clocks.append(machine.name)

    monkeypatch.setattr(Machine, "run", run)
    return clocks


@pytest.fixture
def host(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with all that libvirt has: two domains that run."""
    has = tmp_path / "libvirt"
    (has / "pool").mkdir(parents=True)
    (has / "idle").mkdir()
    (has / "description").write_text(DESCRIPTION.replace("%s", "NAME"))
    monkeypatch.setenv("LIBVIRT_HAS", str(has))
    monkeypatch.setattr(Deadline, "slowness", 1.0)
    for domain in DOMAINS:
        make(has, domain)
    programs.put("virsh", VIRSH)
    return has


def make(host: Path, domain: str) -> None:
    """Let DOMAIN run on a HOST, one that was not there before."""
    (host / f"state-{domain}").write_text("running\n")
    (host / f"disk-{domain}").write_text(f"{domain}.img\n")
    (host / f"uuid-{domain}").write_text(f"{uuid4()}\n")
    (host / f"pool/{domain}.img").touch()


@pytest.fixture
def lab(host: Path) -> Lab:
    """A lab of these domains."""
    assert host.is_dir()
    return create_lab(SMALL, "libvirt", "multinode")


@pytest.fixture
def folder(lab: Lab, tmp_path: Path) -> Path:
    """A checkpoint of the lab."""
    (tmp_path / "one").mkdir()
    LibvirtProvider().states.save(lab, tmp_path / "one", memory=True)
    return tmp_path / "one"


def orders(programs: Programs, *words: str) -> list[str]:
    """What virsh was told that begins with one of WORDS, which change something."""
    told = [call.removeprefix("--quiet --connect qemu:///system ") for call in programs.calls("virsh")]
    return [call for call in told if call.split()[0] in words]


def states(host: Path) -> set[str]:
    return {(host / f"state-{domain}").read_text().strip() for domain in DOMAINS}


def disks(host: Path) -> list[str]:
    return [(host / f"disk-{domain}").read_text().strip() for domain in DOMAINS]


def test_all_stand_still_before_the_first_is_saved_and_go_on_together(
    folder: Path, host: Path, programs: Programs
) -> None:
    told = [call.split()[0] for call in orders(programs, "suspend", "snapshot-create-as", "resume")]
    assert told == ["suspend"] * 2 + ["snapshot-create-as"] * 2 + ["resume"] * 2
    assert sorted(file.name for file in folder.iterdir()) == [
        *("compute1.disk", "compute1.memory", "control.disk", "control.memory")
    ]
    assert states(host) == {"running"}
    assert disks(host) == [f"{domain}.img" for domain in DOMAINS]


def test_a_comma_in_the_path_of_a_memory_is_no_end_of_it(
    lab: Lab, host: Path, tmp_path: Path, programs: Programs
) -> None:
    assert states(host) == {"running"}
    (tmp_path / "a,b").mkdir()
    LibvirtProvider().states.save(lab, tmp_path / "a,b", memory=True)
    assert all(f"file={tmp_path}/a,,b/" in call for call in orders(programs, "snapshot-create-as"))


def test_without_memory_they_come_back_as_after_a_power_cut(
    lab: Lab, host: Path, tmp_path: Path, programs: Programs
) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    states_of = LibvirtProvider().states
    states_of.save(lab, folder, memory=False)
    assert sorted(file.name for file in folder.iterdir()) == ["compute1.disk", "control.disk"]
    states_of.lay_out(lab, folder)
    states_of.exchange(lab, folder)
    assert [call.split()[0] for call in orders(programs, "restore", "start")] == ["start"] * 2
    assert states(host) == {"running"}


def test_clocks_are_set(folder: Path, clocks: list[str]) -> None:
    assert folder.is_dir()
    assert sorted(clocks) == ["compute1", "control"]


def test_machines_that_cannot_be_saved_go_on(lab: Lab, host: Path, tmp_path: Path) -> None:
    (host / "unwilling").touch()
    (host / f"job-{DOMAINS[0]}").touch()  # that of a client which was interrupted
    with pytest.raises(LabError, match="it does not migrate"):
        LibvirtProvider().states.save(lab, tmp_path, memory=True)
    assert states(host) == {"running"}


def test_machines_come_back_with_memory_and_on_new_disks(
    lab: Lab, folder: Path, host: Path, programs: Programs
) -> None:
    provider = LibvirtProvider()
    provider.states.lay_out(lab, folder)
    assert states(host) == {"running"}
    provider.states.exchange(lab, folder)
    assert states(host) == {"running"}
    for domain, disk in zip(DOMAINS, disks(host), strict=True):
        assert disk.startswith(f"{domain}.")
        assert disk != f"{domain}.img"
        assert f"<source file='/pool/{disk}'/>" in (host / f"restored-{domain}.xml").read_text()
    assert "Host compute1\n" in lab.ssh_config.read_text()
    provider.states.settle(lab)
    assert sorted(file.name for file in (host / "pool").iterdir()) == sorted(disks(host))
    told = [call.split()[0] for call in orders(programs, "destroy", "define", "restore", "resume")][2:]
    assert set(told[:4]) == {"destroy", "define"}
    assert told[4:] == ["restore"] * 2 + ["resume"] * 2


def boot(host: Path) -> None:
    """Let HOST be as after a boot: nothing works but what begins by itself."""
    for domain in DOMAINS:
        (host / f"state-{domain}").write_text("shut off\n")
    for network in ("vagrant-libvirt", "dslab-multinode-ds", "somebodys"):
        (host / f"idle/{network}").touch()


def test_after_a_boot_of_the_host_they_come_back_with_their_networks(
    lab: Lab, folder: Path, host: Path
) -> None:
    boot(host)
    provider = LibvirtProvider()
    provider.states.lay_out(lab, folder)
    provider.states.exchange(lab, folder)
    assert states(host) == {"running"}
    boot(host)
    provider.states.put_back(lab)
    assert states(host) == {"running"}
    assert [file.name for file in (host / "idle").iterdir()] == ["somebodys"]


def test_a_network_that_does_not_start_is_told(lab: Lab, host: Path) -> None:
    boot(host)
    (host / "taken").touch()
    provider = LibvirtProvider()
    with pytest.raises(LabError, match="already in use by interface eth1"):
        provider.power_on(provider.machines(lab)["control"])


@pytest.mark.parametrize("name", ["multinode", "another"])
def test_machines_of_the_next_lab_start_from_the_disks_without_the_memory(
    folder: Path, host: Path, programs: Programs, lab: Lab, name: str
) -> None:
    for domain in DOMAINS:
        for what in ("state", "disk", "uuid"):
            (host / f"{what}-{domain}").unlink()
        (host / f"pool/{domain}.img").unlink()
    forget_lab(lab.directory)
    following = create_lab(SMALL, "libvirt", name)
    for machine in SMALL.machines:
        make(host, full_name(name, machine))
    states = LibvirtProvider().states
    states.lay_out(following, folder)
    states.exchange(following, folder)
    states.settle(following)
    assert [call.split()[0] for call in orders(programs, "restore", "start")] == ["start"] * 2
    for machine in SMALL.machines:
        domain = full_name(name, machine)
        assert (host / f"state-{domain}").read_text() == "running\n"
        assert (host / f"disk-{domain}").read_text().startswith(f"{domain}.")
        assert (host / f"disk-{domain}").read_text() != f"{domain}.img\n"


def test_of_machines_one_that_was_made_anew_starts_and_the_others_go_on(
    folder: Path, host: Path, programs: Programs, lab: Lab
) -> None:
    (host / f"uuid-{DOMAINS[1]}").write_text(f"{uuid4()}\n")
    states = LibvirtProvider().states
    states.lay_out(lab, folder)
    states.exchange(lab, folder)
    assert [call.split()[1] for call in orders(programs, "start")] == [DOMAINS[1]]
    assert (host / f"restored-{DOMAINS[0]}.xml").exists()


def test_they_are_put_back_on_the_disks_that_they_had(lab: Lab, folder: Path, host: Path) -> None:
    provider = LibvirtProvider()
    provider.states.lay_out(lab, folder)
    provider.states.exchange(lab, folder)
    provider.states.put_back(lab)
    assert states(host) == {"running"}
    assert disks(host) == [f"{domain}.img" for domain in DOMAINS]
    assert sorted(file.name for file in (host / "pool").iterdir()) == sorted(disks(host))
    assert not list(lab.directory.glob("*-disk"))


def test_the_disk_from_before_an_earlier_restore_is_not_put_back(lab: Lab, folder: Path, host: Path) -> None:
    provider = LibvirtProvider()
    provider.states.lay_out(lab, folder)
    provider.states.exchange(lab, folder)
    restored = disks(host)  # and killed before it could settle
    provider.states.lay_out(lab, folder)
    provider.states.put_back(lab)
    assert disks(host) == restored
    assert sorted(file.name for file in (host / "pool").iterdir()) == sorted(restored)


def test_a_full_pool_leaves_nothing(lab: Lab, folder: Path, host: Path) -> None:
    (host / "full").touch()
    provider = LibvirtProvider()
    with pytest.raises(OSError, match="No space left on device: 'virsh vol-upload ") as failed:
        provider.states.lay_out(lab, folder)
    assert words_of(failed.value).startswith("disk: it is full (")
    provider.states.settle(lab)
    assert sorted(file.name for file in (host / "pool").iterdir()) == sorted(disks(host))
    assert states(host) == {"running"}


@pytest.fixture(params=["memory", "disk"])
def killed(lab: Lab, host: Path, request: pytest.FixtureRequest) -> Path:
    """What is left of a save that was killed while that was copied: all machines stand still."""
    (host / "killed-with").write_text(request.param)
    folder = lab.directory / "checkpoints/one.unfinished"
    folder.mkdir(parents=True)

    def save() -> None:
        (host / "saves").write_text(str(getpid()))
        LibvirtProvider().states.save(lab, folder, memory=True)

    saving = get_context("fork").Process(target=save)
    saving.start()
    saving.join()
    assert saving.exitcode == -SIGKILL
    (host / "saves").unlink()
    for machine in LibvirtProvider().machines(lab).values():
        machine.run("sync")  # of which this process knows nothing
    assert states(host) == {"paused"}
    return folder


def test_what_a_killed_save_left_goes_on_and_is_removed(
    lab: Lab, host: Path, killed: Path, clocks: list[str]
) -> None:
    (found,) = half_written()
    found.remove()
    assert states(host) == {"running"}
    assert not list(host.glob("job-*"))
    assert sorted(clocks) == ["compute1", "control"]
    assert not killed.exists()
    assert not list(lab.directory.glob("*.late"))


def test_what_a_killed_save_left_standing_goes_on(lab: Lab, host: Path, clocks: list[str]) -> None:
    LibvirtProvider().machines(lab)["compute1"].run("sync")
    (host / f"state-{DOMAINS[1]}").write_text("paused\n")
    recover(lab)
    assert states(host) == {"running"}
    assert clocks == ["compute1"]


def test_clocks_that_a_killed_save_has_not_set_are_set(lab: Lab, host: Path, clocks: list[str]) -> None:
    for name in ("control", "compute1"):
        LibvirtProvider().machines(lab)[name].run("sync")
    note(LibvirtProvider().machines(lab)["compute1"], LATE).touch()
    for _ in range(2):
        recover(lab)
        assert clocks == ["compute1"]
    assert states(host) == {"running"}


def test_the_clock_of_a_machine_that_is_gone_keeps_nobody_waiting(lab: Lab, host: Path) -> None:
    note(LibvirtProvider().machines(lab)["compute1"], LATE).touch()
    for what in ("state", "disk"):
        (host / f"{what}-{DOMAINS[1]}").unlink()
    recover(lab)


def test_a_killed_restore_is_undone_whatever_its_machines_do(
    lab: Lab, folder: Path, host: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(machine: Machine, _command: str, *_arguments: str) -> None:
        raise LabError(Layer.MACHINE, f"machine {machine.name} does not answer")

    provider = LibvirtProvider()
    remember(lab)
    provider.states.lay_out(lab, folder)
    provider.states.exchange(lab, folder)
    note(provider.machines(lab)["compute1"], LATE).touch()
    (host / f"state-{DOMAINS[0]}").write_text("paused\n")
    monkeypatch.setattr(Machine, "run", hang)
    resumed = len(orders(programs, "resume"))
    recover(lab)
    assert states(host) == {"running"}
    assert disks(host) == [f"{domain}.img" for domain in DOMAINS]
    assert len(orders(programs, "resume")) == resumed
    assert not list(lab.directory.glob("*.late"))


def test_only_the_disk_of_a_machine_is_another() -> None:
    changed = on_disk(DESCRIPTION.replace("%s", "one.img"), "/pool/two.img")
    assert changed == DESCRIPTION.replace("%s", "two.img")


def test_a_lab_is_made_of_the_box_on_which_its_disks_stand(
    lab: Lab, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = LibvirtProvider().states
    monkeypatch.setattr("lab.provider.libvirt_states.version_of_box", lambda: "2026.2")
    (host / f"pool/{DOMAINS[0]}.img").write_text(f"{BOX}_vagrant_box_image_2026.1_box.img")
    assert states.made_of(lab) == "2026.1"
    for domain in DOMAINS:
        (host / f"disk-{domain}").unlink()
    assert states.made_of(lab) == "2026.2"


def test_what_is_missing_is_told(lab: Lab, host: Path) -> None:
    assert LibvirtProvider().states.lacking(lab) == []
    (host / f"disk-{DOMAINS[1]}").unlink()
    assert LibvirtProvider().states.lacking(lab) == ["compute1"]
