"""What neutron's QoS extension of the agent asks for, answered for Linux bridges.

Directions are the server's: what it sends is egress, what it gets ingress.
"""

from collections.abc import Callable, Mapping
from typing import Any

from neutron.agent.l2.extensions import qos
from neutron_lib import constants
from oslo_concurrency import lockutils
from oslo_log import log
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links, nft
from networking_linuxbridge.qos import rules, shaping
from networking_linuxbridge.qos.marking import Marks

LOG = log.getLogger(__name__)

Port = Mapping[str, Any]


class LinuxBridgeQosDriver(qos.QosAgentDriver):
    """Keeps the rules of policies in force at the taps of ports."""

    SUPPORTED_RULES = rules.SUPPORTED

    def initialize(self) -> None:
        """Take over what an agent before this one left, and remove what belongs to taps that are gone."""
        self._marks = Marks()
        shaping.remove_stale()

    def create_bandwidth_limit(self, port: Port, rule: Any) -> None:
        """Put a bandwidth limit in force."""
        sent = rule.direction == constants.EGRESS_DIRECTION
        limit = shaping.limit_sent if sent else shaping.limit_received
        _attempt(port, f"a limit of {rule.max_kbps} kbit/s", limit, rule.max_kbps, rule.max_burst_kbps)

    def update_bandwidth_limit(self, port: Port, rule: Any) -> None:
        """Put a changed bandwidth limit in force."""
        self.create_bandwidth_limit(port, rule)

    def delete_bandwidth_limit(self, port: Port) -> None:
        """Lift the limit of what a server sends."""
        _attempt(port, "the end of a limit", shaping.unlimit_sent)

    def delete_bandwidth_limit_ingress(self, port: Port) -> None:
        """Lift the limit of what a server gets."""
        _attempt(port, "the end of a limit", shaping.unlimit_received)

    def create_dscp_marking(self, port: Port, rule: Any) -> None:
        """Mark what a server sends."""
        _attempt(port, f"DSCP mark {rule.dscp_mark}", self._marks.mark, rule.dscp_mark)

    def update_dscp_marking(self, port: Port, rule: Any) -> None:
        """Mark what a server sends with another mark."""
        self.create_dscp_marking(port, rule)

    @lockutils.synchronized("qos-port")  # as neutron's extension holds it for every other change
    def restore_marks(self) -> None:
        """Mark what servers send as their ports' policies say, whatever happened to the rules meanwhile."""
        try:
            self._marks.restore()
        except nft.RefusedError as error:
            LOG.error("DSCP marks are not in force: %s. The kernel needs %s", error, rules.NEEDS)

    def delete_dscp_marking(self, port: Port) -> None:
        """Mark nothing any more."""
        _attempt(port, "the end of a DSCP mark", self._marks.unmark)


def _attempt(port: Port, what: str, action: Callable[..., None], *arguments: int) -> None:
    """Do it, or say what the kernel did not take: traffic then flows without it.

    Trying it again every two seconds, as the agent does with what raises errors, would not mend it.
    """
    tap = port["device"]
    try:
        action(tap, *arguments)
    except (NetlinkError, nft.RefusedError) as error:
        if links.exists(tap):
            LOG.error("Port %s: %s is not in force: %s. The kernel needs %s", tap, what, error, rules.NEEDS)
