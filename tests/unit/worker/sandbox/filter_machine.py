"""The kernel's packet-filter machine, as far as the sandbox's filter uses it."""

from collections.abc import Sequence

from gymlab.worker.sandbox.seccomp import Instruction

ALLOW, KILL, DENY, MISSING = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


def run(program: Sequence[Instruction], architecture: int, number: int, *arguments: int) -> int:
    """Return what the filter answers to a system call."""
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    words = {0: number & 0xFFFFFFFF, 4: architecture}
    for index, argument in enumerate(padded):
        words[16 + 8 * index] = argument & 0xFFFFFFFF
    register, at = 0, 0
    while True:
        step = program[at]
        at += 1
        match step.operation:
            case 0x20:
                register = words[step.value]
            case 0x54:
                register &= step.value
            case 0x06:
                return step.value
            case 0x15:
                at += step.if_true if register == step.value else step.if_false
            case 0x25:
                at += step.if_true if register > step.value else step.if_false
            case 0x35:
                at += step.if_true if register >= step.value else step.if_false
            case 0x45:
                at += step.if_true if register & step.value else step.if_false
            case _:
                raise AssertionError(step)
