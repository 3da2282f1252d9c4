-- Times are milliseconds since 1970-01-01 UTC; info, detail and lines are JSON as the API answers it.

CREATE TABLE domains (
    domain INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    description TEXT,
    retention_days TEXT NOT NULL,
    tags TEXT NOT NULL,
    UNIQUE (account, region, name)
) STRICT;

CREATE TABLE types (
    domain INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (domain, kind, name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    run INTEGER PRIMARY KEY,
    domain INTEGER NOT NULL,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    type_name TEXT NOT NULL,
    type_version TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    close_status TEXT,
    expires_ms INTEGER,
    info TEXT NOT NULL,
    detail TEXT
) STRICT;

CREATE UNIQUE INDEX executions_open_by_workflow_id
    ON executions (domain, workflow_id) WHERE closed_ms IS NULL;
CREATE INDEX executions_open_by_start
    ON executions (domain, started_ms, run) WHERE closed_ms IS NULL;
CREATE INDEX executions_closed_by_start
    ON executions (domain, started_ms, run) WHERE closed_ms IS NOT NULL;
CREATE INDEX executions_closed_by_close
    ON executions (domain, closed_ms, run) WHERE closed_ms IS NOT NULL;

-- What one commit added to one run: an event a line, in lines. The rows lie in the order of the commits, so that a
-- commit writes few pages however many runs it touches; the unique index finds them by run.
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    lines TEXT NOT NULL,
    UNIQUE (run, first_event_id)
) STRICT;

CREATE TABLE snapshots (
    run INTEGER PRIMARY KEY,
    event_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;

CREATE TABLE heartbeats (
    run INTEGER NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    details TEXT,
    PRIMARY KEY (run, scheduled_event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    run INTEGER NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    domain INTEGER NOT NULL,
    kind TEXT NOT NULL,
    task_list TEXT NOT NULL,
    priority INTEGER NOT NULL,
    place INTEGER NOT NULL,
    is_ready INTEGER NOT NULL,
    PRIMARY KEY (run, scheduled_event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deadlines (
    run INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX deadlines_by_time ON deadlines (at_ms);

-- What tokens are sealed with.
CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    secret BLOB NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
