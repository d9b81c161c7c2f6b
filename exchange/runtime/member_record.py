"""Meta keys under which a member notes how it is being served."""

from __future__ import annotations

CONSUMING = "consuming-at"
"""Meta key: when this member was last known to consume (clock time)."""

DONE_UNTIL = "done-until"
"""Meta key: by when this member had dealt with all that had come (clock time); bounds arrivals on brokers without
stamps. Who was stopped and goes on consumes before it has read what came meanwhile."""

SERVED_WITH = "directory-served"
"""Meta key: the newest directory version by which all this member's work is done since."""

RELEASE = "release"
"""Meta key: the release of the exchange that last served this member."""
