"""Limits that are raised, and bombs that would go past them."""

from tests.security.sandbox.attack import Attack, attack, on

LIMITS: list[Attack] = [
    *on(
        """
        memory: resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY,) * 2) is None
        files: resource.setrlimit(resource.RLIMIT_NOFILE, (100_000, 100_000)) is None
        file-size: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2) is None
        core: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)) is None
        priority: os.nice(-5) < 0
        real-time: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) is None
        locked-memory: libc.mlockall(3) == 0
        pipe-size: fcntl.fcntl(os.pipe()[0], 1031, 1 << 24) > 0
        """,
        "limit",
    ),
]

BOMBS: list[Attack] = [
    attack(
        "bomb-fork",
        """
        for _ in range(1000):
            os.fork()
        return True
        """,
    ),
    attack(
        "bomb-threads",
        """
        stop = threading.Event()
        started = 0
        try:
            for _ in range(2000):
                threading.Thread(target=stop.wait, daemon=True).start()
                started += 1
        finally:
            stop.set()
        return started > 300
        """,
    ),
    attack(
        "bomb-memory",
        """
        resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))
        return len(bytearray(512 << 20)) > 0
        """,
    ),
    attack(
        "bomb-memory-under-the-watchdog",
        """
        held = []
        while len(held) < 64:
            held.append(bytearray(os.urandom(1)) * (64 << 20))
        return True
        """,
    ),
    attack(
        "bomb-shared-memory-out-of-sight",
        """
        held = []
        while len(held) < 64:
            held.append(mmap.mmap(-1, 64 << 20))
            for at in range(0, 64 << 20, 4096):
                held[-1][at] = 1
            held[-1].madvise(mmap.MADV_DONTNEED)
        return True
        """,
    ),
    attack(
        "bomb-open-files",
        """
        return len([os.open("/dev/null", os.O_RDONLY) for _ in range(5000)])
        """,
    ),
    attack(
        "bomb-one-file",
        """
        with open("large", "wb") as file:
            for _ in range(1024):
                file.write(bytes(1 << 20))
        return os.path.getsize("large") > (100 << 20)
        """,
    ),
    attack(
        "bomb-sparse-file",
        """
        with open("sparse", "wb") as file:
            file.truncate(1 << 40)
        return True
        """,
    ),
    attack(
        "bomb-many-files",
        """
        total = 0
        for number in range(128):
            with open(f"part{number}", "wb") as file:
                total += file.write(bytes(32 << 20))
        return total > (1 << 30)
        """,
    ),
    attack(
        "bomb-inodes",
        """
        for number in range(400_000):
            os.close(os.open(f"n{number}", os.O_CREAT))
        return True
        """,
    ),
    attack(
        "bomb-deep-folders",
        """
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        return False  # what counts is that nothing is left of it
        """,
    ),
    attack(
        "bomb-sockets",
        """
        return len([socket.socketpair() for _ in range(2000)])
        """,
    ),
]
