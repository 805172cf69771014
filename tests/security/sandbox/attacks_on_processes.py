"""Other processes, the kernel, the network; what was inherited."""

from tests.security.sandbox.attack import WITH_A_CARD, Attack, attack, on

SINGLE = frozenset({"single_user"})

ENVIRONMENT: list[Attack] = [
    *on(
        """
        secret-variable: os.environ.get("GYMLAB_ATTACK_SECRET")
        any-lab-variable: [name for name in os.environ if name.startswith(("GYMLAB_", "AWS_"))]
        environment-of-server: Path(f"/proc/{T['server']}/environ").read_bytes()
        environment-of-first-process: b"SECRET" in Path("/proc/1/environ").read_bytes()
        environment-of-sentinel: Path(f"/proc/{T['sentinel']}/environ").read_bytes()
        """,
        "environment",
    ),
]

PROC: list[Attack] = [
    *on(
        """
        memory-of-server: os.open(f"/proc/{T['server']}/mem", os.O_RDWR) >= 0
        maps-of-server: Path(f"/proc/{T['server']}/maps").read_text()
        command-line-of-server: Path(f"/proc/{T['server']}/cmdline").read_bytes()
        descriptors-of-server: os.listdir(f"/proc/{T['server']}/fd")
        own-memory-through-file: os.open("/proc/self/mem", os.O_RDWR) >= 0
        kernel-settings: open("/proc/sys/kernel/core_pattern", "w").write("x")
        sysrq: open("/proc/sysrq-trigger", "w").write("s")
        own-uid-map: open("/proc/self/uid_map", "w").write("0 0 1")
        less-likely-to-die: open("/proc/self/oom_score_adj", "w").write("-1000")
        cgroup: [open(path, "w") for path in glob.glob("/sys/fs/cgroup/**/cgroup.procs")][0]
        kernel-keys: len(Path("/proc/keys").read_text()) > 0 and T["kernel_keys_visible"]
        """,
        "proc",
    ),
    attack(
        "proc-others-listed",
        """
        return [n for n in os.listdir("/proc") if n.isdecimal() and int(n) == T["server"]
                and Path("/proc", n, "cmdline").read_bytes()]
        """,
    ),
]

SIGNALS: list[Attack] = [
    *on(
        """
        kill-server: os.kill(T["server"], 0) is None
        stop-sentinel: os.kill(T["sentinel"], signal.SIGSTOP) is None
        kill-sentinel: os.kill(T["sentinel"], signal.SIGKILL) is None
        kill-everybody: os.kill(-1, signal.SIGKILL) is None
        kill-group: os.killpg(0, signal.SIGTERM) is None
        tkill: syscall(200, T["sentinel"], 9) == 0
        tgkill: syscall(234, T["sentinel"], T["sentinel"], 9) == 0
        queue-signal: syscall(129, T["sentinel"], 15, ctypes.create_string_buffer(128)) == 0
        pidfd: os.pidfd_open(T["sentinel"]) >= 0
        limits-of-sentinel: resource.prlimit(T["sentinel"], resource.RLIMIT_NOFILE, (0, 0))
        priority-of-sentinel: os.setpriority(os.PRIO_PROCESS, T["sentinel"], 19) is None
        affinity-of-sentinel: os.sched_setaffinity(T["sentinel"], {0}) is None
        """,
        "signal",
    ),
    attack(
        "signal-by-owner-of-descriptor",
        """
        ours, theirs = socket.socketpair()
        fcntl.fcntl(ours, fcntl.F_SETOWN, T["sentinel"])
        fcntl.fcntl(ours, 10, signal.SIGKILL)
        fcntl.fcntl(ours, fcntl.F_SETFL, os.O_ASYNC)
        theirs.send(b"x")
        return True
        """,
    ),
]

TRACING: list[Attack] = [
    *on(
        """
        attach: syscall(101, 16, T["sentinel"], 0, 0) == 0
        seize-server: syscall(101, 0x4206, T["server"], 0, 0) == 0
        traceme: syscall(101, 0, 0, 0, 0) == 0
        read-memory: syscall(310, T["sentinel"], 0, 0, 0, 0, 0) >= 0
        write-memory: syscall(311, T["sentinel"], 0, 0, 0, 0, 0) >= 0
        compare: syscall(312, os.getpid(), T["sentinel"], 0, 0, 0) >= 0
        take-descriptor: syscall(438, 3, 0, 0) >= 0
        advise: syscall(440, 3, 0, 0, 0, 0) >= 0
        """,
        "trace",
    ),
]

NETWORK: list[Attack] = [
    *on(
        """
        tcp: socket.create_connection(("127.0.0.1", T["tcp"]), 0.5)
        tcp-listen: socket.create_server(("127.0.0.1", 0))
        udp: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", T["udp"]))
        ipv6: socket.create_connection(("::1", T["tcp"]), 0.5)
        dns: socket.getaddrinfo("example.org", 80)
        raw: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
        packet: socket.socket(17, socket.SOCK_RAW)
        netlink: socket.socket(16, socket.SOCK_RAW, 0)
        vsock: socket.socket(40, socket.SOCK_STREAM)
        kernel-crypto: socket.socket(38, socket.SOCK_SEQPACKET)
        unix-path: socket.socket(socket.AF_UNIX).connect(T["unix"]) is None
        unix-abstract: socket.socket(socket.AF_UNIX).connect(T["abstract"]) is None
        unix-pair-of-other-family: socket.socketpair(socket.AF_INET, socket.SOCK_STREAM)
        unix-datagram: socket.socketpair()[0].sendto(b"x", T["unix"])
        unix-datagram-past-connect: socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b"x", T["datagrams"])
        unix-raw-past-connect: socket.socketpair(type=socket.SOCK_RAW)[0].sendto(b"x", T["datagrams"])
        unix-packets: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect(T["packets"]) is None
        unix-packet-past-connect: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).sendto(b"x", T["packets"])
        unix-pair-of-packets: socket.socketpair(type=socket.SOCK_SEQPACKET)[0].sendto(b"x", T["packets"])
        """,
        "network",
    ),
    attack(
        "network-answer-those-who-come",
        """
        waiting = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        waiting.bind(f"\\0gymlab-{os.getpid()}")
        waiting.listen()
        waiting.setblocking(False)
        try:
            waiting.accept()
        except BlockingIOError:
            return True
        """,
    ),
    attack(
        "network-name-in-a-folder",
        """
        waiting = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        waiting.bind("door")
        return True
        """,
    ),
]

STARTING: list[Attack] = [
    *on(
        """
        fork: os.fork() >= 0
        vfork: libc.vfork() >= 0
        exec: os.execv("/bin/true", ["true"])
        exec-at: syscall(322, os.open("/bin/true", os.O_RDONLY), b"", None, None, 0x1000) >= 0
        shell: os.system("true") == 0
        subprocess: subprocess.run(["/bin/true"]).returncode == 0
        spawn: os.posix_spawn("/bin/true", ["true"], {}) > 0
        clone-process: syscall(56, 17, 0, 0, 0, 0) >= 0
        clone-namespaces: syscall(56, 0x10000000 | 17, 0, 0, 0, 0) >= 0
        clone3: syscall(435, ctypes.create_string_buffer(88), 88) >= 0
        x32-fork: syscall(0x40000000 + 57) >= 0
        """,
        "start",
    ),
    attack(
        "start-multiprocessing",
        """
        import multiprocessing
        child = multiprocessing.get_context("fork").Process(target=print)
        child.start()
        return True
        """,
    ),
    attack(
        "start-from-memory",
        """
        anonymous = os.memfd_create("program")
        os.write(anonymous, Path("/bin/true").read_bytes())
        os.execv(f"/proc/self/fd/{anonymous}", ["true"])
        """,
    ),
]

NAMESPACES: list[Attack] = [
    *on(
        """
        unshare-user: syscall(272, 0x10000000) == 0
        unshare-mounts: syscall(272, 0x00020000) == 0
        unshare-network: syscall(272, 0x40000000) == 0
        enter: syscall(308, os.open("/proc/1/ns/mnt", os.O_RDONLY), 0) == 0
        mount: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0
        remount: libc.mount(b"none", b"/usr", None, 32 | 4096, None) == 0
        unmount: libc.umount2(b"/usr", 2) == 0
        chroot: os.chroot("/usr") is None
        pivot: syscall(155, b"/tmp", b"/tmp") == 0
        open-tree: syscall(428, -100, b"/", 1) >= 0
        new-mount-interface: syscall(430, b"tmpfs", 0) >= 0
        host-name: socket.sethostname("x") is None
        """,
        "namespace",
    ),
]

KERNEL: list[Attack] = [
    *on(
        """
        io-uring: syscall(425, 8, ctypes.create_string_buffer(256)) >= 0
        bpf: syscall(321, 0, ctypes.create_string_buffer(128), 128) >= 0
        perf: syscall(298, ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0
        userfaultfd: syscall(323, 1) >= 0
        keyring: syscall(248, b"user", b"x", b"x", 1, -3) >= 0
        keyctl: syscall(250, 0, -3, 0, 0, 0) >= 0
        async-io: syscall(206, 8, ctypes.byref(ctypes.c_ulong())) >= 0
        fanotify: syscall(300, 0, 0) >= 0
        inotify: libc.inotify_init() >= 0
        syslog: syscall(103, 3, ctypes.create_string_buffer(99), 99) >= 0
        module: syscall(313, 3, b"", 0) >= 0
        reboot: syscall(169, 0xfee1dead, 672274793, 0) >= 0
        clock: time.clock_settime(time.CLOCK_REALTIME, 1) is None
        personality: syscall(135, 0x0040000) >= 0
        memory-file: os.memfd_create("x") >= 0
        secret-memory: syscall(447, 0) >= 0
        shared-memory-segment: syscall(29, 0, 4096, 0o1600) >= 0
        message-queue: syscall(240, b"x", 0o102, 0o600, None) >= 0
        call-of-the-future: syscall(470, 0, 0, 0, 0) >= 0
        """,
        "kernel",
    ),
    attack(
        "kernel-shared-anonymous-pages",
        "return len(mmap.mmap(-1, 4096)) == 4096",
        leaks_in=frozenset({WITH_A_CARD}),  # CUDA needs them; they are counted
    ),
]

IDENTITY: list[Attack] = [
    *on(
        """
        setuid-root: (os.setuid(0), os.getuid() == 0 and T["is_root"])[1]
        setresuid: os.setresuid(0, 0, 0) is None
        setgroups: os.setgroups([0]) is None
        capset: syscall(126, struct.pack("=II", 0x20080522, 0), struct.pack("=6I", *[2**32 - 1] * 6)) == 0
        regain-privileges: libc.prctl(38, 0, 0, 0, 0) == 0
        any-capability: int([l for l in open("/proc/self/status") if l.startswith("CapEff")][0].split()[1], 16)
        """,
        "identity",
    ),
]

DESCRIPTORS: list[Attack] = [
    attack(
        "descriptor-inherited",
        """
        kept = [n for n in range(3, 256) if os.path.exists(f"/proc/self/fd/{n}")]
        return [os.readlink(f"/proc/self/fd/{n}") for n in kept]
        """,
    ),
    attack(
        "descriptor-of-a-folder-outside",
        """
        for n in range(256):
            try:
                if stat.S_ISDIR(os.fstat(n).st_mode):
                    return os.listdir(n)
            except OSError:
                pass
        """,
    ),
    attack("descriptor-terminal", "return any(os.isatty(n) for n in range(3))"),
    attack("descriptor-push-input", "return fcntl.ioctl(0, 0x5412, b'x') == 0"),
]
