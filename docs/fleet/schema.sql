-- Reports of sstpdiag in PostgreSQL. usage: psql -d vpn -f schema.sql
CREATE TABLE report_lines (
    line jsonb NOT NULL         -- as it stands in the output; emptied by load_reports()
);

CREATE TABLE captures (
    capture  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file     text NOT NULL UNIQUE,
    size     bigint,
    modified timestamptz,
    start    timestamptz,       -- first frame; NULL: empty, or not judged
    frames   bigint NOT NULL,
    error    text,              -- why it could not be judged
    report   jsonb NOT NULL
);

CREATE TABLE sessions (
    capture     bigint NOT NULL REFERENCES captures ON DELETE CASCADE,
    session     integer NOT NULL,
    start       timestamptz NOT NULL,
    client      text NOT NULL,  -- address without port
    server      text NOT NULL,  -- name, or address and port
    stage       text NOT NULL,  -- furthest that it reached
    outcome     text NOT NULL,
    evidence    text NOT NULL,
    verdict     text NOT NULL,
    confidence  text NOT NULL,
    PRIMARY KEY (capture, session)
);

CREATE TABLE findings (
    capture    bigint NOT NULL,
    session    integer NOT NULL,
    finding    text NOT NULL,
    stage      text NOT NULL,   -- where the fault is
    severity   text NOT NULL,
    confidence text NOT NULL,
    summary    text NOT NULL,
    details    jsonb NOT NULL,
    FOREIGN KEY (capture, session) REFERENCES sessions ON DELETE CASCADE
);

CREATE INDEX ON sessions (server, start);
CREATE INDEX ON sessions (verdict, start);
CREATE INDEX ON findings (finding);

-- Takes what was copied into report_lines. A newer report on a file replaces the older one.
CREATE FUNCTION load_reports() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    num bigint;
BEGIN
    CREATE TEMPORARY TABLE newest ON COMMIT DROP AS
        SELECT DISTINCT ON (line #>> '{capture,file}') line FROM report_lines
        ORDER BY line #>> '{capture,file}', (line #>> '{capture,modified}')::bigint DESC NULLS LAST;
    DELETE FROM captures USING newest WHERE file = line #>> '{capture,file}';
    INSERT INTO captures (file, size, modified, start, frames, error, report)
        SELECT line #>> '{capture,file}', (line #>> '{capture,size}')::bigint,
               to_timestamp((line #>> '{capture,modified}')::bigint),
               to_timestamp((line #>> '{capture,start}')::double precision),
               (line #>> '{capture,frames}')::bigint, line ->> 'error', line
        FROM newest;
    GET DIAGNOSTICS num = ROW_COUNT;
    INSERT INTO sessions
        SELECT c.capture, (s ->> 'id')::integer,
               c.start + make_interval(secs => (s ->> 'start')::double precision),
               regexp_replace(s ->> 'client', ':\d+$', ''),
               coalesce(s ->> 'server_name', s ->> 'server'),
               s ->> 'stage', s ->> 'outcome', s ->> 'evidence',
               s #>> '{verdict,finding}', s #>> '{verdict,confidence}'
        FROM newest JOIN captures c ON c.file = line #>> '{capture,file}',
             jsonb_array_elements(line -> 'sessions') s;
    INSERT INTO findings
        SELECT c.capture, (s ->> 'id')::integer, f ->> 'id', f ->> 'stage', f ->> 'severity',
               f ->> 'confidence', f ->> 'summary', f -> 'details'
        FROM newest JOIN captures c ON c.file = line #>> '{capture,file}',
             jsonb_array_elements(line -> 'sessions') s, jsonb_array_elements(s -> 'findings') f;
    DELETE FROM report_lines;
    RETURN num;
END $$;
