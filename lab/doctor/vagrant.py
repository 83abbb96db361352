"""Vagrant and its plugin for libvirt: there, and new enough."""

import re

from lab.doctor.command import ask
from lab.doctor.finding import ALL, Finding, bad
from lab.doctor.libvirt import INSTALL, LIBVIRT_ONLY
from lab.doctor.version import judge

VAGRANT, PLUGIN = "Vagrant", "vagrant-libvirt"
FROM_ITS_MAKERS = (
    "sudo apt-get install --yes build-essential libvirt-dev pkg-config"
    " && vagrant plugin install vagrant-libvirt"
)
SECONDS_TO_ANSWER = 20  # on a host that is busy


def check_vagrant() -> Finding:
    """The version of Vagrant."""
    answer = ask("vagrant", "--version", within=SECONDS_TO_ANSWER)
    if not answer.ok:
        return bad(VAGRANT, answer.last_line, INSTALL, ALL)
    return judge(VAGRANT, answer.text, INSTALL, ALL)


def check_plugin() -> Finding:
    """The version of vagrant-libvirt."""
    answer = ask("vagrant", "plugin", "list", within=SECONDS_TO_ANSWER)
    if not answer.ok:
        return bad(PLUGIN, answer.last_line, INSTALL, LIBVIRT_ONLY)
    line = next((line for line in answer.text.splitlines() if line.startswith("vagrant-libvirt")), "")
    if not line:
        return bad(PLUGIN, "it is not installed", install_plugin(), LIBVIRT_ONLY)
    return judge(PLUGIN, line, install_plugin(), LIBVIRT_ONLY)


def install_plugin() -> str:
    """The command that installs vagrant-libvirt, of which Ubuntu 24.04 has no package."""
    has_package = re.search(r"Candidate: [^(]", ask("apt-cache", "policy", PLUGIN).text)
    return INSTALL if has_package else FROM_ITS_MAKERS
