"""The SQLite databases that a dead server left behind."""

import contextlib
import pathlib
import shutil
import sqlite3
import tempfile

SQLITE_HEADER = b"SQLite format 3\0"


def databases(folder):
    """The SQLite databases below a folder."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
                    found.append(path)
    return found


def waiting_messages(folder):
    """How many messages between runs a dead server has stored and not delivered.

    Read from a copy, so that the server finds its files as it left them.
    """
    with tempfile.TemporaryDirectory() as place:
        copied = shutil.copytree(folder, pathlib.Path(place) / "copy")
        return sum(map(count_messages, databases(copied)))


def count_messages(path):
    """The rows of the table of messages in a database."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM messages").fetchone()[0]
