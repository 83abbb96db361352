"""Machines as virtual machines, with a libvirt that is none."""

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab import prune
from lab.deadline import Deadline
from lab.errors import LabError, Refused
from lab.hostwide import alone_with
from lab.labs import Lab, Phase, create_lab, find_lab
from lab.provider import libvirt as libvirt_provider
from lab.provider.libvirt import LibvirtProvider, lab_of
from lab.report import Report, Stage
from tests.unit.lab.programs import Programs
from tests.unit.lab.provider.remembered import remember
from tests.unit.lab.scenarios import MULTINODE

# Every domain, network and volume is a file in the folder of its kind; a description is a domain's content.
VIRSH = """
shift 3
kind() { (cd "$LIBVIRT_HAS/$1" && ls); }
case "$*" in
uri) ;;
"list "*--name) kind domains ;;
"vol-info "*) echo "Physical: $(stat --format %s "$LIBVIRT_HAS/volumes/$2") bytes" ;;
"vol-dumpxml "*) printf '<backingStore>\n  <path>/pool/%s</path>\n' "$(cat "$LIBVIRT_HAS/volumes/$2")" ;;
"net-list --inactive"*) ;;
"net-list "*) kind networks ;;
"pool-list "*) echo default ;;
"vol-list "*) kind volumes | sed 's/.*/ & \\/pool\\/&/' ;;
"desc "*) cat "$LIBVIRT_HAS/domains/$2" ;;
"domifaddr "*) echo ' vnet0      52:54:00:b2:4b:01    ipv4         192.168.121.57/24' ;;
"undefine "*) rm "$LIBVIRT_HAS/domains/$2" ;;
"vol-delete "*) rm "$LIBVIRT_HAS/volumes/$2" ;;
"net-undefine "*) rm "$LIBVIRT_HAS/ended-$2" "$LIBVIRT_HAS/networks/$2" ;;
"destroy "*) ;;
"net-destroy "*) touch "$LIBVIRT_HAS/ended-$2" ;;
*) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


DISK_OF_BOX = "dietstack-VAGRANTSLASH-machine_vagrant_box_image_%s_box.img"
STAGE = Stage("boot", lambda _event: None)


@pytest.fixture
def host(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the host's domains, networks and volumes are."""
    monkeypatch.setenv("LIBVIRT_HAS", str(tmp_path))
    monkeypatch.setattr(libvirt_provider, "ROOT", tmp_path)
    kvm(monkeypatch, works=False)
    monkeypatch.setattr(Deadline, "slowness", 1.0)
    for folder in ("domains", "networks", "volumes", "build/box"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "build/box/machine.box").touch()
    (tmp_path / "build/box/machine.json").write_text('{"versions": [{"version": "2026.2.2"}]}')
    programs.put("virsh", VIRSH)
    return tmp_path


def kvm(monkeypatch: pytest.MonkeyPatch, *, works: bool) -> None:
    """Let a guest run on the host's KVM, or none."""
    found = SimpleNamespace(ok=works, found="a guest does not run on it")
    monkeypatch.setattr(libvirt_provider, "check_kvm", lambda _build: found)


@pytest.fixture
def lab(host: Path) -> Lab:
    assert host.is_dir()
    return create_lab(MULTINODE, "libvirt")


def has(host: Path, lab: Path, *machines: str) -> None:
    """Let HOST have all that belongs to MACHINES of the lab in the directory LAB."""
    for machine in machines:
        (host / f"domains/dslab-{lab.name}-{machine}").write_text(f"dietstack.lab={lab}")
        (host / f"volumes/dslab-{lab.name}-{machine}.img").touch()
    for network in ("ds", "external"):
        (host / f"networks/dslab-{lab.name}-{network}").touch()


def everything(host: Path) -> list[str]:
    return sorted(
        file.name for kind in ("domains", "networks", "volumes") for file in (host / kind).iterdir()
    )


def test_where_kvm_does_not_work_machines_are_emulated(lab: Lab) -> None:
    report = Report()
    booted_machines = LibvirtProvider().up(lab, report)
    assert not [machine for machine in booted_machines.values() if isinstance(machine, LabError)]
    assert report.events[0].stage == "emulate the machines (a guest does not run on it)"
    assert find_lab("multinode").emulated
    assert find_lab("multinode").slowness == Deadline.slowness == 10
    LibvirtProvider().up(lab.save(slowness=17.5), Report())
    assert find_lab("multinode").slowness == Deadline.slowness == 17.5


@pytest.mark.parametrize(("emulated", "slowness"), [(False, 1.0), (True, 17.5)])
def test_machines_that_are_there_stay_what_they_are(
    lab: Lab, host: Path, monkeypatch: pytest.MonkeyPatch, emulated: bool, slowness: float
) -> None:
    has(host, lab.directory, "control")
    remember(lab, "control", "libvirt", "a UUID")
    kvm(monkeypatch, works=emulated)
    LibvirtProvider().up(lab.save(emulated=emulated, slowness=slowness), Report())
    now = find_lab("multinode")
    assert (now.emulated, now.slowness, Deadline.slowness) == (emulated, slowness, slowness)


def test_machines_that_run_already_get_the_checkout_and_their_doors(
    lab: Lab, host: Path, programs: Programs
) -> None:
    has(host, lab.directory, "control")
    remember(lab, "control", "libvirt", "a UUID")
    LibvirtProvider().up(lab, Report())
    assert "HostName 192.168.121.57\n" in lab.ssh_config.read_text()
    assert programs.calls("vagrant")[-1] == "rsync control"


def test_what_vagrant_did_not_get_into_is_removed_first(lab: Lab, host: Path) -> None:
    has(host, lab.directory, "control", "compute1")
    key = remember(lab, "control", "libvirt", "a UUID") / "private_key"
    (remember(lab, "compute1", "libvirt", "another") / "private_key").unlink()
    LibvirtProvider().up(lab, Report())
    assert [name for name in everything(host) if name.startswith("dslab-multinode-co")] == [
        "dslab-multinode-control",
        "dslab-multinode-control.img",
    ]
    assert f'IdentityFile "{key}"\n' in lab.ssh_config.read_text()


def test_what_a_killed_restore_should_have_removed_is_removed_first(lab: Lab, host: Path) -> None:
    has(host, lab.directory, "control", "compute9")
    has(host, lab.directory.parent / "multinode-two", "control")
    remember(lab, "control", "libvirt", "a UUID")
    LibvirtProvider().up(lab, Report())
    left = [name for name in everything(host) if name.endswith(("control", "compute9"))]
    assert left == ["dslab-multinode-control", "dslab-multinode-two-control"]


def test_without_a_box_it_is_refused(lab: Lab, host: Path) -> None:
    (host / "build/box/machine.box").unlink()
    with pytest.raises(Refused, match=r"it is not built; run make box$"):
        LibvirtProvider().up(lab, Report())


def test_destroy_takes_what_a_failed_up_left_and_nothing_of_others(lab: Lab, host: Path) -> None:
    has(host, lab.directory, "control", "compute1")
    (host / "volumes/dslab-multinode-compute2.img").touch()
    has(host, lab.directory.parent / "multinode-two", "control")
    (host / "networks/default").touch()
    LibvirtProvider().destroy(lab)
    assert everything(host) == [
        "default",
        "dslab-multinode-two-control",
        "dslab-multinode-two-control.img",
        "dslab-multinode-two-ds",
        "dslab-multinode-two-external",
    ]


def test_another_users_lab_of_the_same_name_is_not_touched(lab: Lab, host: Path) -> None:
    has(host, host / "theirs/multinode", "control")
    theirs = everything(host)
    with pytest.raises(Refused, match=r"^lab 'multinode': libvirt has a domain dslab-multinode-control"):
        LibvirtProvider().up(lab, Report())
    LibvirtProvider().destroy(lab)
    assert everything(host) == theirs


def test_a_domain_of_another_lab_may_go_meanwhile(lab: Lab, host: Path, programs: Programs) -> None:
    has(host, lab.directory, "control")
    has(host, lab.directory.parent / "other", "control")
    gone = "$LIBVIRT_HAS/domains/dslab-other-control"
    programs.put("virsh", f'[[ "$*" != *"desc dslab-other-control" ]] || rm {gone}\n{VIRSH}')
    LibvirtProvider().destroy(lab)
    assert not any(name.startswith("dslab-multinode-") for name in everything(host))


def test_a_disk_whose_domain_is_gone_does_not_keep_a_machine_from_being_made_anew(
    lab: Lab, host: Path
) -> None:
    known = lab.directory / "vagrant/machines/control/libvirt/id"
    known.parent.mkdir(parents=True)
    known.write_text("a UUID\n")
    (host / "volumes/dslab-multinode-control.img").touch()
    LibvirtProvider().remove_unfinished(lab)
    assert everything(host) == []


def test_one_machine_goes_and_the_others_stay(lab: Lab, host: Path) -> None:
    has(host, lab.directory, "control", "compute1")
    provider = LibvirtProvider()
    machine = provider.machines(lab)["compute1"]
    provider.remove(machine)
    provider.remove(machine)
    assert everything(host) == [
        "dslab-multinode-control",
        "dslab-multinode-control.img",
        "dslab-multinode-ds",
        "dslab-multinode-external",
    ]
    assert "Host compute1\n" not in lab.ssh_config.read_text()


def test_leftovers_are_those_of_labs_that_are_dead(
    lab: Lab, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "PROVIDERS", {"libvirt": LibvirtProvider()})
    has(host, lab.save(phase=Phase.BUILDING).directory, "control")
    wanted = create_lab(MULTINODE, "libvirt", "wanted").save(phase=Phase.READY)
    has(host, wanted.directory, "control")
    (host / "volumes/dslab-multinode-compute1.img").touch()
    (host / "volumes/dslab-another-users-compute1.img").touch()  # its domain comes next
    (host / "networks/dslab-another-users-ds").touch()
    (host / "domains/somebodys").touch()
    (host / "networks/default").touch()
    leftovers = prune.leftovers()
    assert [str(leftover) for leftover in leftovers.things] == [
        "domain dslab-multinode-control",
        "volume dslab-multinode-compute1.img",
        "network dslab-multinode-ds",
        "network dslab-multinode-external",
        "lab multinode",
    ]
    assert [str(thing) for thing in prune.prune(Report()).things] == [
        "domain dslab-multinode-control",
        "volume dslab-multinode-compute1.img",
        "network dslab-multinode-ds",
        "network dslab-multinode-external",
        "lab multinode",
    ]
    assert everything(host) == [
        "default",
        "dslab-another-users-compute1.img",
        "dslab-another-users-ds",
        "dslab-wanted-control",
        "dslab-wanted-control.img",
        "dslab-wanted-ds",
        "dslab-wanted-external",
        "somebodys",
    ]


def test_of_boxes_only_the_last_stays_and_what_machines_stand_on(lab: Lab, host: Path) -> None:
    copies = host / ".vagrant.d/boxes/dietstack-VAGRANTSLASH-machine"
    for version in ("2026.2.0", "2026.2.1", "2026.2.2"):
        (copies / version / "libvirt").mkdir(parents=True)
        (copies / version / "libvirt/box.img").write_text("all of it")
        (host / f"volumes/{DISK_OF_BOX % version}").write_text("all of it")
    (host / "volumes/dslab-old-control.img").write_text(DISK_OF_BOX % "2026.2.1")
    LibvirtProvider().boot(lab, STAGE)
    assert [copy.name for copy in copies.iterdir()] == ["2026.2.2"]
    stay = ["dslab-old-control.img", DISK_OF_BOX % "2026.2.1", DISK_OF_BOX % "2026.2.2"]
    assert everything(host) == sorted(stay)


def test_a_box_that_came_to_libvirt_in_part_is_uploaded_anew(lab: Lab, host: Path) -> None:
    copy = host / ".vagrant.d/boxes/dietstack-VAGRANTSLASH-machine/2026.2.2/libvirt"
    copy.mkdir(parents=True)
    (copy / "box.img").write_text("all of it")
    (host / f"volumes/{DISK_OF_BOX % '2026.2.2'}").write_text("all")
    LibvirtProvider().boot(lab, STAGE)
    assert everything(host) == []


def test_a_lab_makes_its_machines_while_no_other_does_and_boots_them_while_others_do(
    lab: Lab, host: Path, programs: Programs
) -> None:
    programs.put(
        "vagrant",
        """
        touch "$LIBVIRT_HAS"/domains/dslab-multinode-{control,compute1,compute2}
        until [[ -e $LIBVIRT_HAS/booted ]]; do sleep 0.1; done
        """,
    )
    with ThreadPoolExecutor() as pool:
        with alone_with("libvirt"):
            booting = pool.submit(LibvirtProvider().boot, lab, STAGE)
            assert wait([booting], timeout=1).not_done
            assert programs.calls("vagrant") == []
        while not programs.calls("vagrant"):
            assert not booting.done()
        with alone_with("libvirt"):
            assert not booting.done()
        (host / "booted").touch()
        booting.result()


def test_the_name_of_a_lab_may_have_dashes() -> None:
    assert lab_of("dslab-ten-nodes-compute1.img") == "ten-nodes"


def test_what_is_in_use_under_the_name_of_a_lab_is_that_labs(host: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs/labs/class"
    has(host, theirs, "control")
    assert {thing.lab for thing in LibvirtProvider().belongings()} == {theirs}


def test_a_host_without_libvirt_has_nothing_of_labs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert LibvirtProvider().belongings() == []
