-- What people ask. usage: psql -d vpn -f queries.sql

-- Which server? Sessions, those that failed, and the most frequent verdict among these.
SELECT server, count(*) AS sessions, count(*) FILTER (WHERE verdict <> 'healthy') AS faulty,
       mode() WITHIN GROUP (ORDER BY verdict) FILTER (WHERE verdict <> 'healthy') AS most_often
FROM sessions GROUP BY server ORDER BY faulty DESC, server;

-- Which stage? Where the fault lies, by server.
SELECT s.server, f.stage, count(*) AS sessions
FROM sessions s JOIN findings f USING (capture, session)
WHERE f.finding = s.verdict
GROUP BY s.server, f.stage ORDER BY sessions DESC, s.server, f.stage;

-- Since when? First and last session with each verdict, and the last one before it that was well.
SELECT s.server, s.verdict, min(s.start) AS first, max(s.start) AS last, count(*) AS sessions,
       (SELECT max(h.start) FROM sessions h
        WHERE h.server = s.server AND h.verdict = 'healthy' AND h.start < min(s.start)) AS last_well
FROM sessions s WHERE s.verdict <> 'healthy'
GROUP BY s.server, s.verdict ORDER BY first;

-- How much of it, by day?
SELECT date_trunc('day', start) AS day, count(*) AS sessions,
       round(100.0 * count(*) FILTER (WHERE verdict <> 'healthy') / count(*), 1) AS faulty_percent
FROM sessions GROUP BY day ORDER BY day;

-- One client, or all of them?
SELECT verdict, count(DISTINCT client) AS clients, count(*) AS sessions
FROM sessions WHERE verdict <> 'healthy' GROUP BY verdict ORDER BY sessions DESC, verdict;

-- What a finding says in figures: the keys of details are those of its page.
SELECT s.start, s.client, f.details ->> 'user' AS user_name
FROM findings f JOIN sessions s USING (capture, session)
WHERE f.finding = 'auth_bad_credentials' ORDER BY s.start;

-- What could not be judged, and why?
SELECT file, error FROM captures WHERE error IS NOT NULL ORDER BY file;
