"""Who gets into the machines of a lab: who made it, and nobody with the key that everybody has."""

from lab.machine import Machine
from lab.paths import ROOT


def test_the_key_that_everybody_has_opens_no_machine(each_machine: Machine) -> None:
    everybodys = (ROOT / "images/machine/vagrant.pub").read_text().split()[1]
    keys = each_machine.run("cat ~vagrant/.ssh/authorized_keys").splitlines()
    assert len(keys) == 1
    assert everybodys not in keys[0]
