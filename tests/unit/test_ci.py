"""The script of CI hears of every command that fails, in conditions too, where bash goes on by itself."""

import subprocess
from pathlib import Path

RUN = Path(__file__).parents[2] / ".ci/run"


def test_labs_that_cannot_be_pruned(tmp_path: Path) -> None:
    dslab = tmp_path / "dslab"
    dslab.write_text("#!/bin/sh\ncase $1 in list) echo '[]' ;; prune) exit 1 ;; esac\n")
    dslab.chmod(0o755)
    function = f"eval \"$(sed -n '/^remove_labs/,/^}}/p' {RUN})\""
    script = f"set -euo pipefail; {function}; if ! remove_labs; then echo heard; fi"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "heard\n"
