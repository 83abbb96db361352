"""Which rules of QoS policies ports on Linux bridges can have; the server refuses all others."""

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.db import constants as db_constants
from neutron_lib.services.qos import base
from neutron_lib.services.qos import constants as qos_constants

NEEDS = "sch_tbf, sch_ingress, cls_u32, act_mirred and ifb for limits, nf_tables_bridge for marks"

_ANY_NUMBER = {"type:range": [0, db_constants.DB_INTEGER_MAX_VALUE]}
SUPPORTED = {
    qos_constants.RULE_TYPE_BANDWIDTH_LIMIT: {
        qos_constants.MAX_KBPS: _ANY_NUMBER,
        qos_constants.MAX_BURST: _ANY_NUMBER,
        qos_constants.DIRECTION: {"type:values": constants.VALID_DIRECTIONS},
    },
    qos_constants.RULE_TYPE_DSCP_MARKING: {
        qos_constants.DSCP_MARK: {"type:values": constants.VALID_DSCP_MARKS},
    },
}


class LinuxBridgeQosRules(base.DriverBase):
    """Tells neutron's QoS service, if the server has it, of the rules."""

    def __init__(self) -> None:
        super().__init__(
            name="linuxbridge",
            vif_types=[portbindings.VIF_TYPE_TAP],
            vnic_types=[portbindings.VNIC_NORMAL],
            supported_rules=SUPPORTED,
            requires_rpc_notifications=True,
        )
