"""What this host can do for a lab, measured: KVM by booting a guest, VXLAN by making one, DNS by asking."""

from lab.doctor.examination import Examination, examine
from lab.doctor.finding import Finding

__all__ = ["Examination", "Finding", "examine"]
