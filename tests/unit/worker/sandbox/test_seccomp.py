"""The filter says what the lists say, on both processors."""

import pytest

from gymlab.worker.sandbox.seccomp import Instruction, SeccompError, assemble
from gymlab.worker.sandbox.syscalls import (
    DENIED,
    LAST_KNOWN,
    MODES,
    SCHEDULING,
    SOCKETS,
    WAITING,
)
from tests.unit.worker.sandbox.filter_machine import ALLOW, DENY, KILL, MISSING, run

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
PID = 4711
READ = {"x86_64": 0, "aarch64": 63}


def _answer(
    machine: str, table: tuple[int | None, int | None], *arguments: int, shares_uid: bool = False
) -> int | None:
    column, architecture = MACHINES[machine]
    number = table[column]
    if number is None:
        return None
    program = assemble(machine, PID, "strict", shares_uid=shares_uid)
    return run(program, architecture, number, *arguments)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", sorted({**DENIED, **SOCKETS, **WAITING}))
def test_listed_calls_are_denied(machine: str, name: str) -> None:
    """Whatever their arguments."""
    assert _answer(machine, {**DENIED, **SOCKETS, **WAITING}[name], 1, 2, 3) in {DENY, None}


@pytest.mark.parametrize("machine", MACHINES)
def test_ordinary_calls_are_allowed(machine: str) -> None:
    """Reading is."""
    program = assemble(machine, PID, "strict", shares_uid=False)
    assert run(program, MACHINES[machine][1], READ[machine], 0, 0, 0) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_a_foreign_calling_convention_ends_the_process(machine: str) -> None:
    """Numbers mean other calls there."""
    program = assemble(machine, PID, "strict", shares_uid=False)
    assert run(program, 0x40000003, READ[machine]) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_later_kernels_do_not_exist(machine: str) -> None:
    """Nobody has looked at them."""
    program = assemble(machine, PID, "strict", shares_uid=False)
    assert run(program, MACHINES[machine][1], LAST_KNOWN + 1) == MISSING


def test_the_second_set_of_numbers_does_not_exist() -> None:
    """x32 calls are the same calls under other numbers."""
    program = assemble("x86_64", PID, "strict", shares_uid=False)
    assert run(program, MACHINES["x86_64"][1], 0x40000000 + 57) == MISSING


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_start_and_processes_do_not(machine: str) -> None:
    """The flag CLONE_THREAD makes the difference."""
    assert _answer(machine, (56, 220), 0x003D0F00) == ALLOW
    assert _answer(machine, (56, 220), 0x11) == DENY
    assert _answer(machine, (435, 435), 0) == MISSING


@pytest.mark.parametrize("machine", MACHINES)
def test_signals_reach_this_process_alone(machine: str) -> None:
    """Everybody, a group and others are denied."""
    for call in ((62, 129), (234, 131)):
        assert _answer(machine, call, PID) == ALLOW
        for other in (1, -1, 0, PID + 1):
            assert _answer(machine, call, other) == DENY


@pytest.mark.parametrize("machine", MACHINES)
def test_only_pairs_of_unix_sockets_are_made(machine: str) -> None:
    """Asyncio needs one. Datagrams could be sent past `connect`, to services of the machine."""
    stream, datagram, raw, packets, no_waiting = 1, 2, 3, 5, 0o4000
    assert _answer(machine, (41, 198), 1, stream) == DENY
    assert _answer(machine, (53, 199), 1, stream) == ALLOW
    assert _answer(machine, (53, 199), 1, stream | no_waiting) == ALLOW
    assert _answer(machine, (53, 199), 1, packets) == ALLOW
    assert _answer(machine, (53, 199), 1, datagram) == DENY
    assert _answer(machine, (53, 199), 1, raw | no_waiting) == DENY
    assert _answer(machine, (53, 199), 2, stream) == DENY


@pytest.mark.parametrize("machine", MACHINES)
def test_a_card_opens_what_cuda_needs_and_nothing_more(machine: str) -> None:
    """A socket under a name, at which nobody is answered and with which nobody is reached."""
    column, architecture = MACHINES[machine]

    def answer(table: tuple[int | None, int | None], *arguments: int) -> int | None:
        program = assemble(machine, PID, "strict", shares_uid=True, has_card=True)
        number = table[column]
        return None if number is None else run(program, architecture, number, *arguments)

    cloexec = 0o2000000
    assert answer((41, 198), 1, 5 | cloexec) == ALLOW
    assert [answer((41, 198), family, 5) for family in (2, 10, 16, 17, 38, 40)] == [DENY] * 6
    assert [answer((41, 198), 1, kind) for kind in (1, 2, 3)] == [DENY] * 3
    assert {answer(numbers) for numbers in WAITING.values()} == {ALLOW}
    assert answer((9, 222), 0, 4096, 3, 0x21) == ALLOW
    for name, numbers in {**DENIED, **SOCKETS}.items():
        assert answer(numbers, 1, 2, 3) in {DENY, None}, name


def test_a_card_changes_nothing_of_the_loopback_profile_but_shared_pages() -> None:
    """Sockets are made there anyway."""
    plain = assemble("x86_64", PID, "loopback", shares_uid=False)
    card = assemble("x86_64", PID, "loopback", shares_uid=False, has_card=True)
    for family in (1, 2, 10, 16, 17):
        for kind in (1, 2, 3, 5):
            answers = {run(program, 0xC000003E, 41, family, kind) for program in (plain, card)}
            assert len(answers) == 1
    assert run(card, 0xC000003E, 9, 0, 4096, 3, 0x21) == ALLOW


def test_the_loopback_profile_makes_sockets_of_three_families() -> None:
    """The network namespace is its own; packets and netlink stay denied."""
    program = assemble("x86_64", PID, "loopback", shares_uid=False)
    answers = {
        family: run(program, 0xC000003E, 41, family) for family in (1, 2, 10, 16, 17, 38, 40)
    }
    assert [family for family, answer in answers.items() if answer == ALLOW] == [1, 2, 10]
    assert run(program, 0xC000003E, 42) == ALLOW


@pytest.mark.parametrize("machine", MACHINES)
def test_memory_that_no_count_shows_is_not_mapped(machine: str) -> None:
    """Private anonymous and shared mappings of files are."""
    assert _answer(machine, (9, 222), 0, 4096, 3, 0x22) == ALLOW
    assert _answer(machine, (9, 222), 0, 4096, 3, 0x01) == ALLOW
    assert _answer(machine, (9, 222), 0, 4096, 3, 0x21) == DENY


@pytest.mark.parametrize("machine", MACHINES)
def test_modes_are_guarded_where_the_user_is_the_servers(machine: str) -> None:
    """Elsewhere only the bits that lend an identity."""
    for name, numbers in MODES.items():
        assert _answer(machine, numbers, 0, 0o644, 0o644, shares_uid=True) in {DENY, None}
        assert _answer(machine, numbers, 0, 0o644, 0o644) in {ALLOW, None}
        if "chmod" in name:
            assert _answer(machine, numbers, 0, 0o4755, 0o4755) in {DENY, None}


@pytest.mark.parametrize("machine", MACHINES)
def test_priorities_of_others_are_left_alone_where_the_user_is_the_servers(machine: str) -> None:
    """Elsewhere the kernel refuses by itself: nobody else is of the same user."""
    priority = SCHEDULING["setpriority"]
    for arguments, answer in (
        ((0, 0, 19), ALLOW), ((0, PID, 19), ALLOW), ((0, PID + 1, 19), DENY),
        ((1, 0, 19), DENY), ((2, 0, 19), DENY),
    ):  # fmt: skip
        assert _answer(machine, priority, *arguments, shares_uid=True) == answer
    assert _answer(machine, priority, 0, PID + 1, 19) == ALLOW
    for name, numbers in SCHEDULING.items():
        if name != "setpriority":
            assert _answer(machine, numbers, PID + 1, shares_uid=True) == DENY
            assert _answer(machine, numbers, 0, shares_uid=True) == ALLOW


def test_an_unknown_processor_is_refused() -> None:
    """Numbers that are guessed protect nothing."""
    with pytest.raises(SeccompError):
        assemble("mips64", PID, "strict", shares_uid=False)


def test_the_program_is_small_and_its_jumps_stay_inside() -> None:
    """The kernel takes 4096 steps; a step is 8 bytes."""
    program = assemble("x86_64", PID, "strict", shares_uid=True)
    assert len(program) < 1000
    for at, step in enumerate(program):
        assert at + 1 + max(step.if_true, step.if_false) <= len(program)
    assert len(Instruction(6, 0).packed()) == 8
