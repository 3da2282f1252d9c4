-- Lists and counts with filters, removal of what has expired, messages between runs.
--
-- An index ends with the run where rows of the same time must come in order (SQLite adds it by itself behind the last
-- column), and holds every column that a count asks for, the one of its own WHERE included.

-- The types that runs have had, so that the indexes hold a number instead of two texts. Rows stay for good.
CREATE TABLE execution_types (
    type INTEGER PRIMARY KEY,
    domain INTEGER NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    UNIQUE (domain, name, version)
) STRICT;

INSERT INTO execution_types (domain, name, version)
    SELECT DISTINCT domain, type_name, type_version FROM executions;

ALTER TABLE executions RENAME TO executions_1;

CREATE TABLE executions (
    run INTEGER PRIMARY KEY,
    domain INTEGER NOT NULL,
    workflow_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    type INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    closed_ms INTEGER,
    close_status TEXT,
    expires_ms INTEGER,
    info TEXT NOT NULL,
    detail TEXT
) STRICT;

INSERT INTO executions
    SELECT run, domain, workflow_id, run_id, type, started_ms, closed_ms, close_status, expires_ms, info, detail
    FROM executions_1 JOIN execution_types USING (domain)
    WHERE name = type_name AND version = type_version
    ORDER BY run;

DROP TABLE executions_1;

CREATE UNIQUE INDEX executions_open_by_workflow_id
    ON executions (domain, workflow_id) WHERE closed_ms IS NULL;
CREATE INDEX executions_open_by_start
    ON executions (domain, closed_ms, started_ms) WHERE closed_ms IS NULL;
CREATE INDEX executions_open_by_type
    ON executions (type, closed_ms, started_ms) WHERE closed_ms IS NULL;

CREATE INDEX executions_closed_by_status_and_start
    ON executions (domain, close_status, started_ms, run, expires_ms) WHERE close_status IS NOT NULL;
CREATE INDEX executions_closed_by_status_and_close
    ON executions (domain, close_status, closed_ms, run, expires_ms) WHERE close_status IS NOT NULL;
CREATE INDEX executions_closed_by_type_and_start
    ON executions (type, started_ms, run, closed_ms, expires_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX executions_closed_by_type_and_close
    ON executions (type, closed_ms, run, expires_ms) WHERE closed_ms IS NOT NULL;
-- Runs of one workflow id follow each other, so that this is the order of their closes too.
CREATE INDEX executions_closed_by_workflow_id
    ON executions (domain, workflow_id, started_ms, run, closed_ms, expires_ms) WHERE closed_ms IS NOT NULL;
CREATE INDEX executions_by_expiry ON executions (expires_ms) WHERE expires_ms IS NOT NULL;

-- A row for each tag of each run that has tags: of an open run in the first table, of a closed one in the other two.
CREATE TABLE open_tags (
    domain INTEGER NOT NULL,
    tag TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (domain, tag, started_ms, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_tags_by_start (
    domain INTEGER NOT NULL,
    tag TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    run INTEGER NOT NULL,
    expires_ms INTEGER,
    PRIMARY KEY (domain, tag, started_ms, run)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_tags_by_close (
    domain INTEGER NOT NULL,
    tag TEXT NOT NULL,
    closed_ms INTEGER NOT NULL,
    run INTEGER NOT NULL,
    expires_ms INTEGER,
    PRIMARY KEY (domain, tag, closed_ms, run)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO open_tags
    SELECT domain, value, started_ms, run FROM executions, json_each(info, '$.tagList')
    WHERE closed_ms IS NULL;
INSERT OR IGNORE INTO closed_tags_by_start
    SELECT domain, value, started_ms, run, expires_ms FROM executions, json_each(info, '$.tagList')
    WHERE closed_ms IS NOT NULL;
INSERT OR IGNORE INTO closed_tags_by_close
    SELECT domain, value, closed_ms, run, expires_ms FROM executions, json_each(info, '$.tagList')
    WHERE closed_ms IS NOT NULL;

-- What runs owe to other runs and no commit has delivered yet; text is JSON.
CREATE TABLE messages (
    message INTEGER PRIMARY KEY,
    domain INTEGER NOT NULL,
    source INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- Where the manual clock stands, for a store that lives under one: at most one row.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    now_ms INTEGER NOT NULL
) STRICT;
