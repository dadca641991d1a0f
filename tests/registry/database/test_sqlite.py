from pathlib import Path
from threading import Thread

from registry.database.sqlite import SqliteDatabase


def test_threads_that_come_and_go_leave_no_open_file_behind(tmp_path: Path) -> None:
    path = tmp_path / "registry.sqlite"
    database = SqliteDatabase(path)

    def read() -> None:
        with database.snapshot() as reading:
            reading.rows("SELECT 1")

    def opened() -> int:
        return sum(place.resolve() == path for place in Path("/proc/self/fd").iterdir())

    before = opened()
    for _ in range(20):
        thread = Thread(target=read)
        thread.start()
        thread.join()

    assert (before, opened()) == (1, 1)
    database.close()
    assert opened() == 0
