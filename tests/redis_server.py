"""A Redis that a test starts, kills and starts again."""

import socket
import subprocess


class Redis:
    """A server of its own that can be killed and started again; it keeps nothing."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()
