"""Every record that the ledgers of organisations tell of: what a verification rebuilds from them and compares.

Gathered here, because no package below knows all of them.
"""

from cleanup.queries import retold as of_cleanup
from registry.queries import retold as of_register

RETOLD = (*of_register.RETOLD, *of_cleanup.RETOLD)
