"""The threads that take the server's announcements: few, and asleep while there is nothing to take.

Of each of the agent's queues, a thread is started for every message until there are as many as may be.
"""

from futurist import _thread
from oslo_config import cfg
from oslo_messaging import server

# Most announcements are noted only; what changes forwarding tables waits for one lock.
_PER_QUEUE = 4
# Each idle thread looks so often whether it shall end; futurist has it look once a second. These end with the
# process, which waits for none of them.
_SECONDS_BETWEEN_LOOKS = 60


def limit(conf: cfg.ConfigOpts = cfg.CONF) -> None:
    """Have few threads, unless the settings say otherwise, and let them sleep."""
    conf.register_opts(server._pool_opts)
    conf.set_default("executor_thread_pool_size", _PER_QUEUE)
    _thread.ThreadWorker.MAX_IDLE_FOR = _SECONDS_BETWEEN_LOOKS
