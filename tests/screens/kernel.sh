#!/bin/sh
# The kernel's own word beside the wire's, on a real screen: both ends of a connection over lo, in a
# network of its own, through states of which the wire knows nothing. Needs tmux, python3 and the
# right to make a network and to capture in it.
#   tests/screens/kernel.sh build/tcpwalk
set -u
command -v python3 >/dev/null 2>&1 || { echo 'python3 is not there'; exit 77; }
if unshare --net true 2>/dev/null; then
    apart='unshare --net'
elif unshare --user --map-root-user --net true 2>/dev/null; then
    apart='unshare --user --map-root-user --net'
else
    echo 'no network of its own can be made'
    exit 77
fi
# shellcheck source=terminal
. "$(dirname "$0")/terminal"

# Does what the files in its folder say, one after the other.
cat >"$dir/ends.py" <<'END'
import fcntl, os, socket, struct, sys, time

folder = sys.argv[1]
up = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(up, 0x8914, struct.pack("16sH14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
open(folder + "/up", "w").close()

def wait(name):
    for _ in range(6000):
        if os.path.exists(folder + "/" + name):
            return
        time.sleep(0.01)
    sys.exit(name + " did not come")

wait("open")
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
listener.bind(("127.0.0.1", 8000))
listener.listen(1)
client = socket.socket()
client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)  # some segments fill it all
client.connect(("127.0.0.1", 8000))
wait("accept")
server, _ = listener.accept()
wait("close")
client.setblocking(False)
try:
    while True:
        client.send(b"x" * 65536)
except BlockingIOError:
    pass
client.close()
wait("read")
while server.recv(65536):
    pass
wait("end")
server.close()
wait("never")
END

type_line "$apart sh -c 'python3 ends.py . & until [ -e up ]; do sleep 0.05; done; exec \"\$0\" -i lo' '$program'"
see 'No TCP segment has come yet'
: >"$dir/open"
see '127.0.0.1:8000 ESTABLISHED'
tm send-keys Enter G
see 'S ESTABLISHED no process'
see 'accept queue 1 of 1'
see 'in the accept queue: no process has it yet'
: >"$dir/accept"
accepted() { ! shows 'in the accept queue'; }
until_true 'nobody has accepted it' accepted
: >"$dir/close"
see 'C FIN-WAIT-1 ≠ unacked'
see 'S ESTABLISHED unread'
see 'C its FIN is queued: the peer'
: >"$dir/read"
see 'C FIN-WAIT-2'
see 'S CLOSE-WAIT'
see 'C orphan: a mini socket, without process and queues'
: >"$dir/end"
see 'C TIME-WAIT over in'
see 'S LISTEN accept queue 0 of 1'
see 'C a mini socket, without process and queues'
tm send-keys q
see 'python3>python3'
tm send-keys q
: >"$dir/never"
shell_is_back
