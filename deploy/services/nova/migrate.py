"""Brings Nova's three databases to this release and maps its two cells, in one process.

nova-manage does the same in five processes, each of which imports Nova anew.
The cells' addresses are templates, filled in from the configuration file each
time, so that a changed password or address needs no change in the database.
"""

import sys

from nova import config, context, objects
from nova.cmd import manage
from nova.db import migration
from nova.objects import cell_mapping

CELL0_DATABASE = "{scheme}://{username}:{password}@{hostname}:{port}/nova_cell0?{query}"
CELL1_DATABASE = "{scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}"
CELL1_TRANSPORT = "{scheme}://{username}:{password}@{hostname}:{port}/{path}"


def cell1_is_mapped() -> bool:
    cells = cell_mapping.CellMappingList.get_all(context.get_admin_context())
    return any(cell.name == "cell1" for cell in cells)


def main() -> int:
    config.parse_args(sys.argv)
    objects.register_all()
    cells = manage.CellV2Commands()

    migration.db_sync(database="api")
    cells.map_cell0(database_connection=CELL0_DATABASE)
    manage.DbCommands().sync()
    if not cell1_is_mapped():
        return int(
            cells.create_cell(
                name="cell1",
                database_connection=CELL1_DATABASE,
                transport_url=CELL1_TRANSPORT,
            )
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
