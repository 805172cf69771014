"""Files of the server, of other runs, of the machine; what would outlive the worker."""

from tests.security.sandbox.attack import Attack, attack, on

REDUCED = frozenset({"reduced", "single_user"})

ON_FILES: list[Attack] = [
    *on(
        """
        read-database: Path(T["database"]).read_bytes()
        write-database: Path(T["database"]).open("ab").write(b"x")
        truncate-database: os.truncate(T["database"], 0) is None
        remove-database: os.unlink(T["database"]) is None
        rename-database: os.rename(T["database"], T["database"] + ".old") is None
        replace-database: os.replace("/tmp/x", T["database"]) is None
        list-data-folder: os.listdir(T["home"])
        read-key: Path(T["key"]).read_text()
        chmod-database: os.chmod(T["database"], 0o777) is None
        chown-database: os.chown(T["database"], os.getuid(), -1) is None
        touch-database: os.utime(T["database"], (1, 1)) is None
        xattr-database: os.setxattr(T["database"], "user.x", b"x") is None
        map-database: mmap.mmap(os.open(T["database"], os.O_RDONLY), 1, prot=mmap.PROT_READ)[0]
        read-other-run: Path(T["other_run"], "spec.json").read_text()
        list-other-run: os.listdir(T["other_run"])
        write-other-run: Path(T["other_run"], "metrics.jsonl").open("a").write("x")
        add-to-other-run: Path(T["other_run"], "new").write_text("x")
        remove-other-run: shutil.rmtree(T["other_run"]) is None
        read-passwd: Path("/etc/passwd").read_text()
        read-shadow: Path("/etc/shadow").read_text()
        read-hosts: Path("/etc/hosts").read_text()
        read-ssh-keys: os.listdir(os.path.join(T["user_home"], ".ssh"))
        list-user-home: os.listdir(T["user_home"])
        list-root: os.listdir("/")
        write-shared-memory: Path("/dev/shm/gymlab-attack").write_text("x")
        write-var-tmp: Path("/var/tmp/gymlab-attack").write_text("x")
        write-host-tmp: Path(T["host_tmp"], "attack").write_text("x")
        read-host-tmp: os.listdir(T["host_tmp"])
        raw-disk: os.open(glob.glob("/dev/[svn][dv]*")[0], os.O_RDONLY) >= 0
        kernel-memory: os.open("/dev/mem", os.O_RDONLY) >= 0
        kernel-log: os.open("/dev/kmsg", os.O_RDONLY) >= 0
        terminal: os.open("/dev/tty", os.O_RDWR) >= 0
        new-terminal: os.openpty()
        """,
        "file",
    ),
    attack("file-stat-of-other-run", "return os.stat(T['other_run'])", leaks_in=REDUCED),
    attack(
        "file-climb-out-by-dots",
        """
        os.makedirs("a/b", exist_ok=True)
        path = os.path.join("a/b", *[".."] * 40, T["database"].lstrip("/"))
        return open(path, "rb").read()
        """,
    ),
    attack(
        "file-climb-out-by-descriptor",
        """
        down = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        for _ in range(40):
            down = os.open("..", os.O_PATH, dir_fd=down)
        inner = os.open(T["database"].lstrip("/"), os.O_RDONLY, dir_fd=down)
        return os.read(inner, 10)
        """,
    ),
    attack(
        "file-by-handle",
        """
        handle = ctypes.create_string_buffer(struct.pack("=II", 128, 0), 136)
        mount = ctypes.c_int()
        syscall(303, -100, b"/usr", handle, ctypes.byref(mount), 0)
        return syscall(304, os.open("/usr", os.O_RDONLY), handle, 0) >= 0
        """,
    ),
    attack(
        "file-through-proc-root",
        """
        for number in ("1", str(T["sentinel"]), str(T["server"])):
            try:
                if os.listdir(f"/proc/{number}/root" + T["home"]):
                    return number
            except OSError:
                pass
        return False
        """,
    ),
    attack(
        "file-through-proc-cwd",
        """
        for number in ("1", str(T["sentinel"]), str(T["server"])):
            try:
                return os.listdir(f"/proc/{number}/cwd")
            except OSError:
                pass
        return False
        """,
    ),
]

LINKS_AND_DEVICES: list[Attack] = [
    *on(
        """
        symlink: os.symlink(T["database"], "link") is None
        hard-link: os.link(T["database"], "link") is None
        hard-link-inside: (open("own", "w").close(), os.link("own", "link")) and True
        fifo: os.mkfifo("pipe") is None
        device: os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(254, 0)) is None
        character-device: os.mknod("mem", stat.S_IFCHR | 0o600, os.makedev(1, 1)) is None
        socket-node: os.mknod("sock", stat.S_IFSOCK | 0o600) is None
        setuid-file: (open("own", "w").close(), os.chmod("own", 0o4755)) and True
        """,
        "link",
    ),
]

PERSISTENCE: list[Attack] = [
    *on(
        """
        pth: Path(T["packages"], "attack.pth").write_text("import os")
        sitecustomize: Path(T["packages"], "sitecustomize.py").write_text("x = 1")
        package: Path(T["packages"], "gymnasium", "__init__.py").open("a").write("#")
        bytecode: Path(T["packages"], "gymnasium", "__pycache__", "x.pyc").write_bytes(b"x")
        own-source: Path(T["source"], "__init__.py").open("a").write("#")
        standard-library: Path(os.__file__).open("a").write("#")
        interpreter: Path(sys.executable).open("ab").write(b"x")
        shell-profile: Path(T["user_home"], ".profile").open("a").write("#")
        cron: Path("/etc/cron.d/attack").write_text("x")
        system-binary: Path("/usr/local/bin/attack").write_text("x")
        library-path: Path("/etc/ld.so.preload").write_text("x")
        """,
        "persist",
    ),
]
