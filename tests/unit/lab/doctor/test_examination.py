from functools import partial
from pathlib import Path

import pytest

from lab.doctor import examine
from lab.doctor.choice import choose
from lab.doctor.examination import Examination, checks
from lab.doctor.finding import ALL, Finding, bad, good
from lab.doctor.kvm import CHECK, NESTING
from lab.doctor.resources import check_memory
from lab.doctor.stale import judge
from lab.provider.base import Belonging
from lab.prune import Found
from tests.unit.lab.scenarios import LOCAL, MULTINODE

KVM_WORKS = [good(CHECK, "a guest ran on it"), good(NESTING, "kvm_intel nests")]
NO_KVM = [bad(CHECK, "no /dev/kvm", "modprobe"), good(NESTING, "kvm_intel nests")]
NO_LIBVIRT = bad("libvirt", "it does not answer", "start it", frozenset({"libvirt"}))
NO_DOCKER = bad("Docker", "it does not answer", "start it too", frozenset({"docker"}))


@pytest.mark.parametrize(
    ("findings", "provider"),
    [
        (KVM_WORKS, "libvirt"),
        (NO_KVM, "docker"),
        ([KVM_WORKS[0], bad(NESTING, "does not nest", "modprobe")], "docker"),
        ([*KVM_WORKS, NO_LIBVIRT], "docker"),
        ([*NO_KVM, NO_DOCKER], "libvirt"),
        ([*NO_KVM, NO_DOCKER, NO_LIBVIRT], None),
    ],
)
def test_choice(findings: list[Finding], provider: str | None) -> None:
    choice = choose(findings)
    assert choice.provider == provider
    assert choice.why


def test_choice_among_the_allowed_only() -> None:
    assert choose(KVM_WORKS, frozenset({"docker"})).provider == "docker"


@pytest.mark.parametrize("provider", ["", "libvirt"])
def test_what_cannot_work_is_refused_with_its_mend(provider: str) -> None:
    findings = [*KVM_WORKS, NO_LIBVIRT]
    refusal = str(Examination("multinode", 1, findings, choose(findings)).refusal(provider))
    assert "start it" in refusal
    assert "\n" not in refusal


def test_json_has_all_that_a_person_sees() -> None:
    findings = [*NO_KVM, NO_LIBVIRT]
    examined = Examination("multinode", 2, findings, choose(findings)).as_json()
    assert examined["provider"] == "docker"
    assert examined["labs"] == 2
    assert examined["findings"][2] == {
        "check": "libvirt",
        "ok": False,
        "found": "it does not answer",
        "mend": "start it",
        "blocks": ["libvirt"],
    }


def test_this_very_machine_is_left_to_the_deployment() -> None:
    assert examine(LOCAL).choice.provider == "here"


def test_needs_grow_with_the_labs() -> None:
    assert memory_asked_for(labs=1) == MULTINODE.memory
    assert memory_asked_for(labs=3) == 3 * MULTINODE.memory


def memory_asked_for(labs: int) -> int:
    """MiB that the check of memory wants for so many LABS."""
    check = next(check for check in checks(MULTINODE, labs) if getattr(check, "func", None) is check_memory)
    assert isinstance(check, partial)
    needed: int = check.args[0]
    return needed


def test_what_dead_runs_left_is_counted() -> None:
    things = [("lab", "class"), ("container", "a"), ("container", "b")]
    left = [Belonging(kind, name, Path("/labs/class"), lambda: None) for kind, name in things]
    finding = judge(Found(left, []))
    assert (finding.found, finding.mend) == ("lab class, container: 2", "dslab prune")
    assert not finding.blocks & ALL


def test_what_was_not_looked_at_is_said() -> None:
    assert judge(Found([], [])).found == "none"
    finding = judge(Found([], ["docker does not answer"]))
    assert (finding.ok, finding.found) == (True, "none; docker does not answer")
