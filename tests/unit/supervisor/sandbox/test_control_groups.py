"""Control groups are used where they were delegated, and nowhere else."""

import os
import subprocess
from pathlib import Path

import pytest

from gymlab.supervisor.sandbox.control_groups import (
    LEAF,
    SLACK_BYTES,
    ControlGroup,
    are_offered,
    enter_leaf,
    make_group,
)

OFFERED = "cpuset cpu io memory pids"


class Tree:
    """A folder with the files that the kernel shows: what is written to them can be read."""

    def __init__(self, root: Path, path: str = "/lab.service") -> None:
        """Make the folder of a service that this process is alone in."""
        self.root = root / "cgroup"
        self.own = root / "self"
        self.folder = self.root / path.lstrip("/")
        self.move_to(path)
        (self.folder / "cgroup.subtree_control").write_text("")

    def move_to(self, path: str) -> None:
        """Put this process somewhere."""
        folder = self.root / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.controllers").write_text(OFFERED)
        (folder / "cgroup.procs").write_text(str(os.getpid()))
        self.own.write_text(f"1:name=systemd:/\n0::{path}\n")

    def delegate(self) -> bool:
        """Mark the folder as systemd does; tell whether the file system takes such marks."""
        try:
            os.setxattr(self.folder, "user.delegate", b"1")
        except OSError:
            return False
        return True


@pytest.fixture(name="tree")
def fixture_tree(tmp_path: Path) -> Tree:
    """Return a tree."""
    return Tree(tmp_path)


def _served(tree: Tree) -> None:
    """Be the server that has moved into its leaf."""
    tree.move_to(f"/lab.service/{LEAF}")
    (tree.folder / "cgroup.subtree_control").write_text("memory pids")


def test_a_server_enters_a_leaf_of_what_was_delegated_to_it(tree: Tree) -> None:
    """And lets the folder above limit others."""
    was_marked = tree.delegate()
    assert enter_leaf(tree.root, tree.own) is was_marked
    if was_marked:
        leaf = tree.folder / LEAF
        assert (leaf / "cgroup.procs").read_text() == str(os.getpid())
        assert (tree.folder / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_nothing_is_made_where_nothing_was_delegated(tree: Tree) -> None:
    """A service of the system's, a shell among others, a tree of version 1."""
    assert not enter_leaf(tree.root, tree.own)
    tree.delegate()
    (tree.folder / "cgroup.procs").write_text(f"1\n{os.getpid()}\n")
    assert not enter_leaf(tree.root, tree.own)
    tree.own.write_text("4:memory:/lab\n")
    assert not enter_leaf(tree.root, tree.own)
    tree.own.unlink()
    assert not enter_leaf(tree.root, tree.own)
    assert not (tree.folder / LEAF).exists()
    assert not are_offered(tree.root, tree.own)
    assert make_group(max_threads=10, tree=tree.root, own=tree.own) is None


def test_a_worker_gets_a_group_with_its_limits(tree: Tree) -> None:
    """Beside the server's leaf, removed with the worker."""
    _served(tree)
    assert are_offered(tree.root, tree.own)
    group = make_group(max_threads=256, tree=tree.root, own=tree.own)
    assert group is not None
    assert group.path.parent == tree.folder
    assert (group.path / "pids.max").read_text() == "264"
    assert (group.path / "memory.oom.group").read_text() == "1"
    group.limit_memory(1024**3)
    assert int((group.path / "memory.max").read_text()) == 1024**3 + SLACK_BYTES
    other = make_group(max_threads=1, tree=tree.root, own=tree.own)
    assert other is not None
    assert other.path != group.path


def test_what_the_kernel_ended_for_memory_is_counted(tmp_path: Path) -> None:
    """As far as the file can be read."""
    group = ControlGroup(tmp_path)
    assert group.num_memory_kills() == 0
    (tmp_path / "memory.events").write_text("low 0\nmax 7\noom 2\noom_kill 1\n")
    assert group.num_memory_kills() == 1
    (tmp_path / "memory.events").write_text("oom_kill many\n")
    assert group.num_memory_kills() == 0


def test_the_command_runs_in_the_group_and_also_where_it_cannot_enter(tmp_path: Path) -> None:
    """With its own process id, which the shim knows."""
    (tmp_path / "cgroup.procs").touch()
    for folder in (tmp_path, tmp_path / "gone"):
        prefix = ControlGroup(folder).prefix
        process = subprocess.Popen(
            [*prefix, "/bin/sh", "-c", 'echo $$ "$1"', "sh", "a b"], stdout=subprocess.PIPE
        )
        said, _ = process.communicate(timeout=30)
        assert said.decode().split(maxsplit=1) == [str(process.pid), "a b\n"]
    assert int((tmp_path / "cgroup.procs").read_text()) > 0
