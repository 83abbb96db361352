"""The commands: each a thin door to an agent's own main."""

import neutron.cmd  # noqa: F401  chooses threads; whatever imports oslo.service first gets its choice
