"""The reader of traces: a reply that leaves too early is found, others are not."""

from wal_trace import judge, read_trace, replies

WRITE = '7 pwrite64(5</d/e.sqlite-wal>, "..."..., 4096, 8272) = 4096'
SYNC = "7 fdatasync(5</d/e.sqlite-wal>) = 0"
REPLY = '9 writev(8<socket:[77]>, [{iov_base="HTTP/1.1 200 OK\\r\\n"..., iov_len=99}], 1) = 99'


def found(*lines):
    return replies(read_trace(lines))


def problems(*lines):
    return judge(found(*lines), [True])


def test_written_synced_replied_is_right():
    assert problems(WRITE, SYNC, REPLY) == []
    assert found(WRITE, SYNC, REPLY)[0].synced_length == 8272 + 4096


def test_a_reply_before_the_sync_is_found():
    assert "before the WAL was synced" in problems(WRITE, REPLY, SYNC)[0]


def test_a_reply_that_begins_before_the_sync_has_ended_is_found():
    unfinished = "7 fdatasync(5</d/e.sqlite-wal> <unfinished ...>"
    resumed = "7 <... fdatasync resumed>) = 0"
    assert "before the WAL was synced" in problems(WRITE, unfinished, REPLY, resumed)[0]
    assert problems(WRITE, unfinished, resumed, REPLY) == []


def test_a_sync_that_began_before_the_write_does_not_count():
    unfinished = "6 fdatasync(5</d/e.sqlite-wal> <unfinished ...>"
    resumed = "6 <... fdatasync resumed>) = 0"
    assert "before the WAL was synced" in problems(unfinished, WRITE, resumed, REPLY)[0]


def test_a_failed_sync_does_not_count():
    failed = "7 fdatasync(5</d/e.sqlite-wal>) = -1 EIO (Input/output error)"
    assert "before the WAL was synced" in problems(WRITE, failed, REPLY)[0]


def test_a_sync_of_another_file_does_not_count():
    other = "7 fdatasync(4</d/e.sqlite>) = 0"
    assert "before the WAL was synced" in problems(WRITE, other, REPLY)[0]


def test_a_mutating_call_that_writes_nothing_is_found():
    assert "nothing was written" in problems(REPLY)[0]


def test_replies_and_calls_must_be_as_many():
    assert "0 replies" in problems(WRITE, SYNC)[0]


def test_writes_to_the_database_file_begin_a_new_generation():
    page = '7 pwrite64(4</d/e.sqlite>, "..."..., 4096, 0) = 4096'
    first, second = found(WRITE, SYNC, REPLY, page, WRITE, SYNC, REPLY)
    assert first.generation < second.generation
