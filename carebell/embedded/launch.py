"""Start a child that cannot outlive us, with no more rights than it needs.

Run as a script by the interpreter, isolated (`-I -S`), with the standard library only, so that it
costs 20 ms. Usage: `launch.py PARENT SIGNAL UID:GID[+] -- COMMAND…`; `-` keeps the caller's
account, `+` adds the capability to enter folders that the account may not (`CAP_DAC_READ_SEARCH`).

On Linux the kernel sends SIGNAL when PARENT dies (`PR_SET_PDEATHSIG`) and the command takes this
process's place. Elsewhere this process stays and watches its parent.
"""

import ctypes
import os
import signal
import subprocess
import sys
from typing import Final, NoReturn

PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
WATCH_EVERY_S: Final = 0.5


def main(arguments: list[str]) -> NoReturn:
    """Become, or watch over, the command."""
    parent, signal_number, account = int(arguments[0]), int(arguments[1]), arguments[2]
    command = arguments[4:]
    if account.endswith("+"):
        uid, gid = account[:-1].split(":")
        reach = ("--inh-caps", "-all,+dac_read_search", "--ambient-caps", "-all,+dac_read_search")
        name = signal.Signals(signal_number).name.removeprefix("SIG")
        who = ("--reuid", uid, "--regid", gid, "--clear-groups")
        # without this bit access(2), by which initdb looks for its companions, leaves out the reach
        keep = ("--securebits", "+no_setuid_fixup")
        command = ["setpriv", *keep, *who, *reach, "--pdeathsig", name, "--", *command]
    elif account != "-":
        uid, gid = account.split(":")
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    if not sys.platform.startswith("linux"):
        sys.exit(_watch(parent, signal_number, command))
    # after the change of account, which would clear it
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)  # it died before the kernel knew that we care
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point


def _watch(parent: int, signal_number: int, command: list[str]) -> int:
    child = subprocess.Popen(command)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: child.send_signal(got))
    while True:
        try:
            return child.wait(WATCH_EVERY_S)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.send_signal(signal_number)


if __name__ == "__main__":
    main(sys.argv[1:])
