# Programs that must not pass, with what may become of each. `f` returns 1 if it does what it must not.
# tests/it/eval_sandbox.rs puts names and numbers in place of @…@.

### memory: failed
def f():
    return len(bytearray(10 << 30)) >> 30 == 10

### memory of many: failed not_finished too_much timed_out
def f():
    for _ in range(20):
        if os.fork() == 0:
            x = b'x' * (400 << 20)
            time.sleep(60)
    time.sleep(60)
    return 1

### output: too_much_output
while True:
    print('x' * 1000)

### errors: too_much_output
while True:
    sys.stderr.write('x' * 1000)

### connection: failed
def f():
    return tried(lambda: socket.create_connection(('127.0.0.1', @PORT@), 5))

### datagram: failed
def f():
    s = lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))
    t = lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    u = lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    return tried(s, t, u)

### socket of another program: failed
def f():
    def connect():
        s = socket.socket(socket.AF_UNIX)
        s.connect('@OUTSIDE@/socket')
    def pair():
        a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    def raw():
        a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW)
    return tried(connect, pair, raw)

### home: failed
def f():
    return tried(lambda: open('@HOME@/secret').read())

### list of the home: failed
def f():
    return tried(lambda: os.listdir('@HOME@'), lambda: os.listdir('/'))

### passwords: failed
def f():
    return tried(lambda: open('/etc/passwd'), lambda: open('/etc/shadow'))

### killing its parent: failed not_finished
def f():
    os.kill(os.getppid(), 9)
    time.sleep(1)
    os._exit(0)

### reaching others: failed
def f():
    # Signal 0 only asks whether one could be sent. The first process is this program's own, and takes no signals.
    return tried(*[lambda pid=pid: os.kill(pid, 0) for pid in range(2, 70000) if pid != os.getpid()])

### reaching the scorer: failed
def f():
    return tried(*[lambda pid=pid: os.kill(pid, 0) for pid in @SCORERS@])

### writing outside: failed
def f():
    names = ['@OUTSIDE@/kept', '@OUTSIDE@/new', '/tmp/dscoder-hostile', '../new']
    return tried(*[lambda name=name: open(name, 'w') for name in names])

### truncating: failed
def f():
    return tried(lambda: os.truncate('@OUTSIDE@/kept', 0), lambda: os.open('@OUTSIDE@/kept', os.O_RDONLY | os.O_TRUNC))

### modes: failed
def f():
    return tried(lambda: os.chmod('@OUTSIDE@/kept', 0), lambda: os.chmod('@HOME@', 0), lambda: os.utime('@OUTSIDE@/kept', (0, 0)), lambda: os.chown('@OUTSIDE@/kept', 1, 1), lambda: os.setxattr('@OUTSIDE@/kept', 'user.x', b'x'))

### modes by number: failed
def f():
    path = b'@OUTSIDE@/kept'
    calls = [(90, path, 0), (268, -100, path, 0), (452, -100, path, 0, 0), (463, -100, path, 0, b'user.x', 0, 0)]
    return int(any(LIBC.syscall(*call) == 0 for call in calls))

### removing outside: failed
def f():
    import shutil
    return tried(lambda: os.remove('@OUTSIDE@/kept'), lambda: os.rename('@OUTSIDE@/kept', 'kept'), lambda: shutil.rmtree('@HOME@'))

### exit: not_finished
os._exit(0)

### exit by exception: not_finished
raise SystemExit(0)

### exit at the test: not_finished
def f():
    sys.exit(0)

### another program: not_finished
os.execv('/bin/true', ['true'])

### deleting its directory: not_finished
import shutil
shutil.rmtree(os.getcwd(), ignore_errors=True)
os._exit(0)

### moving its directory: failed
def f():
    return tried(lambda: os.rename(os.getcwd(), os.getcwd() + '2'), lambda: os.rename(os.getcwd(), '/tmp/dscoder-hostile'))

### closing stdout: not_finished
os.close(1)
os._exit(0)

### closing stdout, right answer: failed
os.close(1)
def f():
    return 1

### daemon: not_finished
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp('sleep', ['sleep', '98765.4321'])
    os._exit(0)
os._exit(0)

### guessing the word: not_finished
for i in range(1000):
    print(1 << 50 | i)
print('\n1234567890123456')
sys.stdout.flush()
os._exit(0)

### showing all it can read: failed not_finished
for name in os.listdir('.'):
    print(open(name).read())
frame = sys._getframe()
while frame:
    print(frame.f_code.co_consts, frame.f_globals, frame.f_locals, '')
    for const in frame.f_code.co_consts:
        print(const)
    frame = frame.f_back
print(sys.argv, os.environ, sys.orig_argv)
sys.stdout.flush()
os._exit(0)

### files of other processes: failed
def f():
    own = os.stat('/proc/self').st_ino
    others = [pid for pid in range(1, 70000) if os.path.exists(f'/proc/{pid}') and os.stat(f'/proc/{pid}').st_ino != own]
    files = ['environ', 'cmdline', 'mem', 'maps', 'fd/0', 'root/etc/passwd', 'cwd/samples.jsonl']
    return tried(*[lambda path=f'/proc/{pid}/{file}': open(path, 'rb').read(1) for pid in others for file in files])

### symbolic link: failed
def f():
    os.symlink('@HOME@', 'link')
    os.symlink('@OUTSIDE@/kept', 'kept')
    return tried(lambda: open('link/secret').read(), lambda: open('kept', 'a'), lambda: open('link/new', 'w'))

### hard link: failed
def f():
    return tried(lambda: os.link('@HOME@/secret', 'hard'), lambda: os.link('@OUTSIDE@/kept', 'kept'))

### huge file: failed too_much
def f():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open('huge', 'wb') as file:
        for _ in range(10000):
            file.write(b'x' * (1 << 20))
    return 1

### long file: failed
def f():
    with open('long', 'wb') as file:
        return tried(lambda: os.ftruncate(file.fileno(), 1 << 40))

### large files: too_much
def f():
    for i in range(100):
        with open(str(i), 'wb') as file:
            file.write(b'x' * (50 << 20))
    return 1

### many files: too_much
def f():
    for i in range(1000000):
        open(str(i), 'w').close()
    return 1

### deep directories: too_much failed
def f():
    for i in range(100000):
        os.mkdir('d')
        os.chdir('d')
    return 1

### closed directory: not_finished too_much
os.makedirs('a/b')
open('a/b/c', 'w').close()
os.mkdir('x', 0)
os._exit(0)

### ptrace: failed
def f():
    return int(any(LIBC.ptrace(16, pid, 0, 0) == 0 for pid in (os.getppid(), 1, *@SCORERS@)) or LIBC.ptrace(0, 0, 0, 0) == 0)

### memory of its parent: failed
def f():
    data = ctypes.create_string_buffer(8)
    class V(ctypes.Structure):
        _fields_ = [('b', ctypes.c_void_p), ('l', ctypes.c_size_t)]
    v = V(ctypes.addressof(data), 8)
    return int(LIBC.process_vm_readv(os.getppid(), ctypes.byref(v), 1, ctypes.byref(v), 1, 0) >= 0)

### stdin: failed
def f():
    return tried(lambda: input())

### surrogates: failed
def f():
    print('\ud800')
    return 1

### deep recursion: failed not_finished too_much timed_out
def f():
    sys.setrecursionlimit(10 ** 9)
    def g(x):
        return [g(x + 1)]
    g(0)

### crash: failed
def f():
    ctypes.string_at(0)

### namespaces: failed
def f():
    return int(any(LIBC.unshare(flag) == 0 for flag in (0x10000000, 0x20000, 0x40000000)))

### mounting: failed
def f():
    return int(LIBC.mount(b'none', b'.', b'tmpfs', 0, 0) == 0 or LIBC.chroot(b'.') == 0)

### shared memory: failed
def f():
    return int(LIBC.shmget(0, 4096, 0o1600) >= 0 or LIBC.semget(0, 1, 0o1600) >= 0)

### keys: failed
def f():
    return int(LIBC.syscall(@KEYCTL@, 0, -3, 0) >= 0 or LIBC.syscall(425, 1, 0) >= 0)

### limits of its parent: failed
def f():
    import resource
    return tried(lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)), lambda: os.setpriority(os.PRIO_USER, 0, 19), lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))

### devices: failed
def f():
    names = ['mem', 'kmem', 'sda', 'vda', 'tty', 'ptmx', 'kmsg', 'fuse', 'net/tun', 'shm/x']
    return tried(*[lambda name=name: open('/dev/' + name, 'r+b') for name in names], lambda: os.mknod('d', 0o20600, 0x101))

### becoming root: failed
def f():
    return tried(lambda: os.setuid(0), lambda: os.setgroups([0])) if os.getuid() else tried(lambda: os.setgroups([1]), lambda: os.nice(-5), lambda: os.chown('.', 1, 1))

### environment: failed
def f():
    return int('secret' in str(os.environ).lower())

### passed files: failed
def f():
    return tried(lambda: os.read(9, 1), lambda: os.read(10, 1))

### threads: failed not_finished too_much timed_out
import threading
def f():
    for _ in range(100000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return 1

### memory files: failed
def f():
    return tried(lambda: os.memfd_create('x'))

#### endless

### fork bomb: timed_out too_much
while True:
    try:
        os.fork()
    except OSError:
        pass

### endless loop: timed_out
while True:
    pass

### sleep: timed_out
time.sleep(100000)

### ignored signals: timed_out
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(100000)

### signal storm: timed_out
for number in (10, 12, 14, 15):
    signal.signal(number, lambda *_: None)
while True:
    for number in (10, 12, 14, 15):
        os.kill(os.getpid(), number)
        tried(lambda: os.kill(os.getppid(), number), lambda: os.kill(0, number))

### stopping itself: timed_out
os.kill(os.getpid(), signal.SIGSTOP)

### children that stay: timed_out
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        signal.signal(15, signal.SIG_IGN)
        os.execvp('sleep', ['sleep', '98765.4321'])
time.sleep(100000)
