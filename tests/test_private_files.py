"""Who else has an account on the machine reads neither conversations nor sessions from the files of the product."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODE = "PRAGMA journal_mode=WAL"


def test_what_is_made_on_first_run_is_its_owners_alone(tmp_path):
    needed = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "import chatapp.settings"],
        cwd=ROOT,
        env={**needed, "DATA_DIR": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "chatapp.sqlite3") as database:
        database.execute(MODE)
        database.execute("CREATE TABLE said (words)")
        made = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir() if each.is_file()}
    database.close()
    assert {"chatapp.sqlite3", "chatapp.sqlite3-wal", "secret_key", "field_encryption_keys"} <= made.keys()
    assert set(made.values()) == {0o600}
