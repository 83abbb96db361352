"""What tries KVM is a job of ours: the next run ends it if its own was killed."""

from tests.unit.deploy.shell import DEPLOY, Shell


def test_the_trial_has_the_labels_of_a_job(shell: Shell) -> None:
    shell.fake("docker", 'echo "$*"')
    arguments = shell.output(f". {DEPLOY}/stages/hypervisor.sh; load_settings; KVM=/dev/null; kvm_works")
    assert arguments.startswith("run --rm --label dietstack=libvirt --label dietstack.job ")
