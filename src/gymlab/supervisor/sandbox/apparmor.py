"""Why bubblewrap may not make namespaces, and the smallest change that lets it.

Ubuntu 23.10 and newer let a program make user namespaces only when an AppArmor profile says so.
The profile printed here allows it to one program; the switch that allows it to every program is
never suggested.
"""

from pathlib import Path

_SWITCHES = (
    ("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0"),
    ("/proc/sys/user/max_user_namespaces", "0"),
)
PROFILE = """abi <abi/4.0>,
include <tunables/global>
profile gymlab-bwrap {program} flags=(unconfined) {{
  userns,
}}"""
PROFILE_PATH = "/etc/apparmor.d/gymlab-bwrap"


def start_fix(program: str) -> str:
    """Return what lets bubblewrap start here.

    Args:
        program: Path of bubblewrap.
    """
    restricted, closed, none = (_is(path, value) for path, value in _SWITCHES)
    if restricted:
        profile = PROFILE.format(program=program)
        return (
            f"Allow namespaces to this one program: write\n{profile}\n"
            f"to {PROFILE_PATH}, then run `sudo apparmor_parser -r {PROFILE_PATH}`."
        )
    if closed:
        return "Run `sudo sysctl kernel.unprivileged_userns_clone=1`."
    if none:
        return "Run `sudo sysctl user.max_user_namespaces=10000`."
    return (
        "In a container, start it with `--security-opt seccomp=unconfined --cap-add SYS_ADMIN`, "
        "or run the lab outside of it."
    )


def _is(path: str, value: str) -> bool:
    try:
        return Path(path).read_text(encoding="ascii").strip() == value
    except OSError:
        return False
