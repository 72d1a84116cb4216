"""Where the causes of every kind of alert come from."""

from worker.queries import causes
from worker.queries.separations import sign_offs
from worker.states import AlertKind

SOURCES = {**causes.SOURCES, AlertKind.SIGN_OFF: sign_offs}
