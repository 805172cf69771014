"""How long user code may take: the one place where that is decided.

An endless loop is to be stopped and named within 5 seconds, whatever it does: `LIMITS_S` until it
is interrupted, then `GRACE_S` until the process is given up, and twice the spacing of the looks.
"""

from collections.abc import Mapping

from gymlab.protocol.usercode import Place

LIMITS_S: Mapping[Place, float] = dict.fromkeys(Place, 3.0)
"""Longest time of one call, in seconds."""
PACKAGE_S = 60.0
"""Longest time of the import of an installed package by user code: a cold disk is no loop, and a
package that is interrupted half-way is broken for good."""
GRACE_S = 1.0
"""Time that interrupted code has to end before its process is given up."""
LOOK_EVERY_S = 0.2
"""Spacing of the looks at what is running."""
DEAF_S = 4.0
"""Time after which an interpreter that lets no other thread run is ended: nothing in Python can
interrupt a single operation such as `10 ** 10 ** 9`. While a package is imported it is `PACKAGE_S`."""
