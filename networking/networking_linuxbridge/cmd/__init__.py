"""The commands: each a thin door to an agent's own main."""

import warnings

# A library of neutron's looks for eventlet, which warns on stderr of itself; nothing here uses it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import neutron.cmd  # noqa: F401  chooses threads; whatever imports oslo.service first gets its choice
