/* page.js - draws the reports that the page holds
 *
 * What comes from a capture is put into text nodes and attributes by the DOM, never into markup.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
'use strict';
(function () {
  const SVG = 'http://www.w3.org/2000/svg';
  const TRACES_MAX = 32;       // as core/report/trace.h has it
  const OPEN_MAX = 3;          // sessions that are open at first
  const KINDS_MAX = 6;         // of faults that a line names
  const ROW = 30;              // height of a line of the ladder
  const NARROW = window.matchMedia('(max-width: 40rem)');
  const WORST_FIRST = ['error', 'warn', 'note', 'chat', 'good'];
  const WORDS = { c2s: 'client to server', s2c: 'server to client' };
  const CHECKS = { /*{{checks}}*/ };
  const reports = JSON.parse(document.getElementById('reports').textContent);

  // --- small helpers ------------------------------------------------------------------------

  /* node('p', {class: 'soft'}, 'text', otherNode): an element with attributes and children. */
  function node(name, attributes, ...children) {
    return filled(document.createElement(name), attributes, children);
  }

  function svg(name, attributes, ...children) {
    return filled(document.createElementNS(SVG, name), attributes, children);
  }

  function filled(element, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {}))
      if (key === 'style')
        element.style.cssText = value; // as an attribute the page's policy forbids it
      else if (value !== undefined && value !== null)
        element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  function seconds(value) {
    if (value === null || value === undefined)
      return '–';
    const size = Math.abs(value);
    if (size >= 120)
      return Math.round(value) + ' s';
    return size >= 1 || size === 0 ? value.toFixed(3) + ' s' : (1000 * value).toFixed(size < 0.01 ? 2 : 1) + ' ms';
  }

  function bytes(value) {
    if (value < 10000)
      return value + ' B';
    return value < 1e7 ? (value / 1e3).toFixed(1) + ' kB' : (value / 1e6).toFixed(1) + ' MB';
  }

  function frames(first, last) {
    return first === last ? 'frame ' + first : 'frames ' + first + '–' + last;
  }

  function utc(epoch) {
    const date = new Date(1000 * epoch);
    return isNaN(date) ? null : date.toISOString().replace('T', ' ').replace(/\.\d+Z/, ' UTC');
  }

  function table(heads, rows, className) {
    const head = node('tr', {}, ...heads.map((text) => node('th', {}, text)));
    const body = rows.map((cells) => node('tr', {}, ...cells.map((cell) => node('td', {}, cell))));
    return node('table', { class: className }, node('thead', {}, head), node('tbody', {}, ...body));
  }

  /* An element that is drawn again when the window becomes narrow, or wide: drawn(isNarrow). */
  function drawnToFit(drawn) {
    const box = node('div', {}, drawn(NARROW.matches));
    NARROW.addEventListener('change', () => box.replaceChildren(drawn(NARROW.matches)));
    return box;
  }

  // --- verdict ------------------------------------------------------------------------------

  /* What people read first; reports of older versions have ids alone. */
  function titleOf(finding) {
    return finding.title || finding.id || finding.finding;
  }

  /* The id, small, where it is not the title. */
  function idOf(finding) {
    const id = finding.id || finding.finding;
    return id === titleOf(finding) ? null : node('code', { class: 'id' }, id);
  }

  /* The number that a frame of joined captures has in its own one: {number, file}; file: null where there is but one. */
  function ownFrame(report, number) {
    const own = report && report.own_frames && report.own_frames[number];
    return own ? { number: own[1], file: report.capture.files[own[0]] } : { number: number, file: null };
  }

  function frameText(report, number) {
    const own = ownFrame(report, number);
    return number + (own.file ? ' (' + own.number + ' of ' + own.file.replace(/.*\//, '') + ')' : '');
  }

  /* Frames as links to their messages, where the session has a ladder. */
  function frameLinks(numbers, session, report) {
    const words = node('span', {}, numbers.length === 1 ? 'frame ' : 'frames ');
    numbers.forEach((number, i) => {
      const link = session && session.trace ? node('a', { href: '#' }, frameText(report, number)) : frameText(report, number);
      if (link.addEventListener)
        link.addEventListener('click', (press) => {
          press.preventDefault();
          link.dispatchEvent(new CustomEvent('frame', { bubbles: true, detail: number }));
        });
      words.append(i ? ', ' : '', link);
    });
    return words;
  }

  function verdictFinding(session) {
    return session.findings.find((finding) => finding.id === session.verdict.finding);
  }

  function verdictClass(session) {
    const finding = verdictFinding(session);
    return finding ? finding.severity : { healthy: 'good', unexplained: 'error' }[session.verdict.state] || 'warn';
  }

  /* What is known of a finding in general: causes, and what to do. */
  function manualText(report, id) {
    const text = report && report.manual && report.manual[id];
    return text ? node('details', { class: 'manual' }, node('summary', {}, 'What it is, and what to do'), node('pre', {}, text)) : null;
  }

  function verdictBox(session, report) {
    const verdict = session.verdict, finding = verdictFinding(session);
    const kind = verdictClass(session);
    const box = node('div', { class: 'verdict ' + kind, style: '--mark: var(--' + kind + ')' },
      node('p', { class: 'title' }, node('b', {}, titleOf(verdict)),
        finding ? ' (' + finding.severity + ', ' + verdict.confidence + ') ' : ' ', idOf(verdict)),
      node('p', {}, verdict.summary));
    if (verdict.advice)
      box.append(node('p', { class: 'advice' }, node('strong', {}, 'Advice: '), verdict.advice));
    if (finding && finding.frames.length)
      box.append(node('p', { class: 'soft' }, 'Evidence: ', frameLinks(finding.frames, session, report)));
    if (finding && detailsText(finding.details))
      box.append(node('p', { class: 'soft' }, 'Details: ' + detailsText(finding.details)));
    const manual = finding && manualText(report, finding.id);
    if (manual)
      box.append(manual);
    return box;
  }

  function detailsText(details) {
    const text = (value) => typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(4))) : String(value);
    return Object.entries(details).map(([key, value]) => key.replaceAll('_', ' ') + ': ' + text(value)).join('; ');
  }

  function findingItem(finding, session, report) {
    const details = detailsText(finding.details);
    return node('li', {},
      node('p', {}, node('b', { class: finding.severity }, titleOf(finding)),
        ' (' + finding.severity + ', ' + finding.confidence + ') ', idOf(finding)),
      node('p', {}, finding.summary),
      finding.advice ? node('p', { class: 'soft' }, finding.advice) : null,
      details || finding.frames.length ? node('p', { class: 'soft' }, details + (details && finding.frames.length ? '; ' : ''),
        finding.frames.length ? frameLinks(finding.frames, session, report) : null) : null, manualText(report, finding.id));
  }

  function otherFindings(findings, verdict, session, report) {
    const others = findings.filter((finding) => !verdict || finding.id !== verdict.finding);
    if (!others.length)
      return null;
    return node('section', {}, node('h3', {}, 'Also found'),
      node('ul', { class: 'findings' }, ...others.map((finding) => findingItem(finding, session, report))));
  }

  // --- facts --------------------------------------------------------------------------------

  function keepaliveText(echo) {
    let text = echo.protocol + ' echo of the ' + echo.asker + ', ' + echo.answered + ' of ' + echo.requests + ' answered';
    if (echo.round_trip_mean !== null)
      text += ' in ' + seconds(echo.round_trip_mean);
    if (echo.interval_min !== null)
      text += ', every ' + seconds(echo.interval_min) + ' to ' + seconds(echo.interval_max);
    return text;
  }

  function facts(report, session) {
    const list = node('dl', { class: 'facts' });
    const add = (name, value) => value && list.append(node('dt', {}, name), node('dd', {}, value));
    const tls = session.tls;
    add('Client', session.client);
    add('Server', session.server + (session.server_name ? ' (' + session.server_name + ')' : ''));
    add('TLS', tls && tls.version ? tls.version + ', ' + (tls.cipher || 'unknown cipher suite') : null);
    add('Outcome', session.outcome + ', reached stage ' + session.stage);
    add('Evidence', session.evidence);
    add('Began', report.capture.start ? utc(report.capture.start + session.start) : null);
    add('Keepalive', session.keepalive.map(keepaliveText).join('; '));
    add('Correlation id', session.correlation_id);
    return list;
  }

  // --- stages -------------------------------------------------------------------------------

  /* A bar for each stage; both ends of its frames are looked up in the trace for their times. */
  function stageTimeline(session) {
    const stages = session.stages, trace = session.trace;
    if (!stages.length)
      return null;
    const at = stageTimes(stages, trace, session.start);
    const first = Math.min(...at.map((time) => time.from)), last = Math.max(...at.map((time) => time.to));
    const drawing = (narrow) => stageBars(stages, at, first, last, narrow);
    const rows = stages.map((stage) => [stage.stage, stage.outcome, seconds(stage.seconds), frames(stage.first_frame, stage.last_frame)]);
    return node('section', {}, node('h3', {}, 'Stages'), drawnToFit(drawing),
      node('details', {}, node('summary', { class: 'soft' }, 'As a table'), table(['Stage', 'Outcome', 'Time', 'Frames'], rows)));
  }

  function stageBars(stages, at, first, last, narrow) {
    const width = narrow ? 400 : 900, left = narrow ? 70 : 90, right = narrow ? 120 : 170, height = 22, room = width - left - right;
    const scale = (time) => left + (last > first ? (time - first) / (last - first) : 0) * room;
    const drawing = svg('svg', { viewBox: '0 0 ' + width + ' ' + (stages.length * height + 24), role: 'img',
      'aria-label': 'Stages of the session over time' });
    stages.forEach((stage, i) => {
      const y = i * height;
      drawing.append(
        svg('text', { x: left - 8, y: y + 15, class: 'number' }, stage.stage),
        svg('rect', { x: scale(at[i].from), y: y + 4, height: 14, rx: 2, class: 'bar ' + stage.outcome,
          width: Math.max(3, scale(at[i].to) - scale(at[i].from)) }),
        svg('text', { x: width - right + 10, y: y + 15 }, stage.outcome + ', ' + seconds(stage.seconds)));
    });
    drawing.append(svg('text', { x: left, y: stages.length * height + 16, class: 'soft' }, 'second ' + first.toFixed(3)),
      svg('text', { x: width - right, y: stages.length * height + 16, class: 'soft number' }, last.toFixed(3)));
    return drawing;
  }

  function stageTimes(stages, trace, start) {
    const events = trace ? trace.events : [];
    let before = start;
    return stages.map((stage) => {
      const event = events.find((e) => e.first_frame <= stage.first_frame && stage.first_frame <= e.last_frame) ||
        events.find((e) => e.first_frame >= stage.first_frame);
      const from = event ? event.time : before;
      before = from + stage.seconds;
      return { from: from, to: before };
    });
  }

  // --- crypto binding -----------------------------------------------------------------------

  /* Values stand below a check that does not say "ok": what is as it should be needs no proof. */
  function bindingTable(session) {
    if (!session.binding.length)
      return null;
    const kinds = { ok: 'good', differs: 'error' };
    const value = (name, text) => text ? node('p', {}, node('span', { class: 'soft' }, name + ' '), node('code', {}, text)) : null;
    const rows = session.binding.map((row) => [CHECKS[row.check] || row.check,
      node('span', { class: kinds[row.result] || 'soft' }, row.result),
      node('div', {}, node('p', {}, row.with || ''),
        ...(row.result === 'ok' ? [] : [value('received', row.received), value('expected', row.expected)]).filter(Boolean))]);
    return node('section', {}, node('h3', {}, 'Crypto binding'), table(['Check', 'Result', 'With'], rows, 'binding'));
  }

/*{{ladder}}*/

  // --- plots --------------------------------------------------------------------------------

  function plot(plots, title, words, config) {
    const canvas = node('canvas', { role: 'img', 'aria-label': title + '. ' + words });
    plots.append(node('div', { class: 'plot' }, node('h4', {}, title), node('div', { class: 'canvas' }, canvas), node('p', { class: 'soft' }, words)));
    const ink = colour('soft'), line = colour('line');
    const axis = (text, more) => Object.assign({ type: 'linear', title: { display: true, text: text, color: ink }, ticks: { color: ink, precision: (more || {}).precision }, grid: { color: line } }, more);
    return new Chart(canvas, {
      type: config.type, data: { datasets: config.datasets },
      options: { animation: false, maintainAspectRatio: false, parsing: false, normalized: true,
        plugins: { legend: { labels: { color: ink, boxWidth: 18, boxHeight: 2 } } },
        scales: { x: axis(config.x, config.xMore), y: axis(config.y, { beginAtZero: true, precision: config.counts ? 0 : undefined }) } },
    });
  }

  function lines(bins, key, factor) {
    return bins[key].map((value, i) => ({ x: bins.start + (i + 0.5) * bins.seconds, y: value * factor }));
  }

  /* Plots over time have the same axis. */
  function span(bins) {
    return { min: bins.start, max: bins.start + bins.outer_bytes_c2s.length * bins.seconds };
  }

  function series(label, points, name, more) {
    return Object.assign({ label: label, data: points, borderColor: colour(name), backgroundColor: colour(name), borderWidth: 1.5, pointRadius: 0, showLine: true }, more);
  }

  function sum(values) {
    return values.reduce((total, value) => total + value, 0);
  }

  function ratePlot(plots, bins) {
    const factor = 8 / bins.seconds / 1000, inner = sum(bins.inner_bytes_c2s) + sum(bins.inner_bytes_s2c) > 0;
    const datasets = [
      series('outer, to server', lines(bins, 'outer_bytes_c2s', factor), 'client'),
      series('outer, to client', lines(bins, 'outer_bytes_s2c', factor), 'server')];
    if (inner)
      datasets.push(series('inner, to server', lines(bins, 'inner_bytes_c2s', factor), 'client', { borderDash: [4, 3] }),
        series('inner, to client', lines(bins, 'inner_bytes_s2c', factor), 'server', { borderDash: [4, 3] }));
    plot(plots, 'Rates', (inner ? 'Lines: bits of TCP payload; dashed: of packets inside the tunnel. ' : 'Bits of TCP payload. ') + seconds(bins.seconds) + ' a point.', {
      type: 'scatter', x: 'second', xMore: span(bins), y: 'kbit/s', datasets: datasets });
  }

  function resentPlot(plots, bins) {
    const total = sum(bins.resent_c2s) + sum(bins.resent_s2c);
    if (!total)
      return;
    plot(plots, 'Retransmissions', total + (total === 1 ? ' TCP segment' : ' TCP segments') + ' carried bytes once more.', {
      type: 'bar', x: 'second', xMore: span(bins), y: 'segments', counts: true, datasets: [
        series('of the client', lines(bins, 'resent_c2s', 1), 'client', { barThickness: 3 }),
        series('of the server', lines(bins, 'resent_s2c', 1), 'server', { barThickness: 3 })] });
  }

  function echoPlot(plots, echoes, bins) {
    if (!echoes.length)
      return;
    const points = (asker) => echoes.filter((echo) => echo.asker === asker).map((echo) => ({ x: echo.time, y: 1000 * echo.round_trip }));
    plot(plots, 'Echo round trips', 'From request to answer, as the capture point sees them.', {
      type: 'scatter', x: 'second', xMore: span(bins), y: 'ms', datasets: ['client', 'server'].filter((asker) => points(asker).length).map((asker) =>
        series('asked by the ' + asker, points(asker), asker, { showLine: false, pointRadius: 3, pointStyle: asker === 'client' ? 'circle' : 'rect' })) });
  }

  function sizePlot(plots, sizes) {
    const counted = ['c2s', 's2c'].filter((way) => sizes[way].counts.length);
    if (!counted.length)
      return;
    const highest = Math.max(...counted.flatMap((way) => sizes[way].counts.map((pair) => pair[1])));
    const name = { c2s: 'client', s2c: 'server' };
    const bars = counted.map((way) => series(WORDS[way], sizes[way].counts.map((pair) => ({ x: pair[0] + sizes.step / 2, y: pair[1] })), name[way],
      { type: 'bar', barThickness: 6, grouped: false }));
    const limit = (text, x, colourName, dash) => series(text + ' ' + x, [{ x: x, y: 0 }, { x: x, y: highest }], colourName, { type: 'scatter', borderDash: dash });
    const limits = counted.flatMap((way) => [
      sizes[way].one_segment ? limit('fits one segment,', sizes[way].one_segment, name[way], [6, 3]) : null,
      sizes[way].mru ? limit('MRU,', sizes[way].mru, name[way], [2, 2]) : null]).filter(Boolean);
    const words = counted.map((way) => WORDS[way] + ' up to ' + sizes[way].largest + ' bytes' +
      (sizes[way].one_segment ? ', one TCP segment holds ' + sizes[way].one_segment : '') + (sizes[way].mru ? ', MRU ' + sizes[way].mru : '')).join('; ');
    plot(plots, 'Sizes of inner packets', words + '.', { type: 'scatter', x: 'bytes', y: 'packets', counts: true, xMore: { min: 0 }, datasets: bars.concat(limits) });
  }

  /* One-way delays of a pair, where the report has them. */
  function delayPlot(plots, delays) {
    const points = (way) => delays.filter((delay) => delay.direction === way).map((delay) => ({ x: delay.time, y: 1000 * delay.seconds }));
    plot(plots, 'One-way delays', 'Between the two capture points, after the clocks were aligned.', {
      type: 'scatter', x: 'second', y: 'ms', datasets: [
        series(WORDS.c2s, points('c2s'), 'client', { showLine: false, pointRadius: 2 }),
        series(WORDS.s2c, points('s2c'), 'server', { showLine: false, pointRadius: 2 })] });
  }

  function plotsOf(session) {
    const trace = session.trace;
    if (!trace || !trace.bins.outer_bytes_c2s.length)
      return null;
    const plots = node('div', { class: 'plots' });
    const section = node('section', {}, node('h3', {}, 'Plots'), plots);
    // A canvas must be in the page before it is drawn on.
    section.draw = () => {
      ratePlot(plots, trace.bins);
      resentPlot(plots, trace.bins);
      echoPlot(plots, trace.echoes, trace.bins);
      sizePlot(plots, trace.sizes);
    };
    return section;
  }

  // --- logs ---------------------------------------------------------------------------------

  function logLines(session) {
    if (!session.log.length)
      return null;
    const rows = session.log.map((line) => [line.time === null ? '' : line.time.toFixed(3), line.source, line.frame === null ? '' : String(line.frame), line.text]);
    const told = (line) => (line.meaning ? `${line.text} = ${line.meaning}` : line.text);
    const wrong = session.log.filter((line) => line.level !== 'chat').map((line) => node('li', {}, `${line.source}: ${told(line)}`));
    return node('section', {}, node('h3', {}, 'Logs'), wrong.length ? node('ul', {}, ...wrong) : null,
      node('details', {}, node('summary', { class: 'soft' }, `All ${session.log.length} lines`),
        node('div', { class: 'scroll' }, table(['Second', 'Source', 'Frame', 'Line'], rows, 'log'))));
  }

  // --- a session ----------------------------------------------------------------------------

  /* Which end of a pair a session was recorded at; empty for one that is alone. */
  function endOf(report, session) {
    for (const end of ['client', 'server'])
      if (report.sessions.includes(session) && report.pairs.some((pair) => pair[end + '_session'] === session.id))
        return end + ' end';
    return '';
  }

  function sessionBox(report, session, kind, isOpen) {
    const end = endOf(report, session);
    const title = kind + ' ' + session.id + (end ? ' (' + end + ')' : '') + ': ' + session.client + ' → ' + (session.server_name || session.server) + ' – ' + titleOf(session.verdict);
    const box = node('details', { class: 'session', id: 'r' + reports.indexOf(report) + '-' + kind.toLowerCase() + session.id },
      node('summary', {}, title), verdictBox(session, report));
    if (session.made_good_by !== null)
      box.append(node('p', { class: 'soft' }, 'Made good by session ' + session.made_good_by + '.'));
    let filled = false;
    const fill = () => {
      if (filled || !box.open)
        return;
      filled = true;
      const plots = plotsOf(session), messages = ladder(report, session);
      box.append(...[facts(report, session), otherFindings(session.findings, session.verdict, session, report), stageTimeline(session), bindingTable(session), messages, plots, logLines(session)].filter(Boolean));
      if (!session.trace && report.sessions.length + report.candidates.length > TRACES_MAX)
        box.append(node('p', { class: 'soft' }, 'Messages and plots are kept for the first ' + TRACES_MAX + ' sessions of a capture.'));
      [messages, plots].filter(Boolean).forEach((section) => section.draw());
      box.addEventListener('frame', (event) => messages && messages.show(event.detail));
    };
    box.addEventListener('toggle', fill);
    box.fill = fill;
    box.open = isOpen;
    return box;
  }

  function clockText(clock) {
    const way = clock.offset < 0 ? ' behind' : ' ahead';
    return Math.abs(clock.offset) <= clock.bound ? 'in step to ' + seconds(clock.bound)
      : seconds(Math.abs(clock.offset)) + way + ', known to ' + seconds(clock.bound);
  }

  function pairBox(report, pair) {
    const verdict = pair.verdict;
    const box = node('section', {}, node('h3', {}, 'Session ' + pair.client_session + ' (client end) and session ' + pair.server_session + ' (server end)'),
      node('p', { class: 'soft' }, 'The same connection, by ' + pair.matched_by.replace('_', ' ') +
        (pair.clock ? '; clock of the server end ' + clockText(pair.clock) : '')));
    /* The verdict may be a finding of one end alone. */
    const ends = report.sessions.filter((session) => session.id === pair.client_session || session.id === pair.server_session);
    if (verdict)
      box.append(verdictBox({ verdict: verdict, findings: pair.findings.concat(...ends.map((session) => session.findings)) }, report));
    const others = otherFindings(pair.findings, verdict, null, report);
    if (others)
      box.append(others);
    const both = pairLadder(report, pair);
    if (both)
      box.append(both);
    if (pair.delays && pair.delays.length) {
      const plots = node('div', { class: 'plots' });
      box.append(plots);
      box.draw = () => delayPlot(plots, pair.delays);
    }
    return box;
  }

  // --- the walk of a probe ------------------------------------------------------------------

  const OUTCOMES = { ok: 'good', warned: 'warn', failed: 'error' };

  /* What a finding of the walk is called, wherever in the report it stands. */
  function titleOfId(report, id) {
    const found = report.sessions.concat(report.candidates).flatMap((session) => session.findings).find((finding) => finding.id === id);
    return found ? titleOf(found) : id;
  }

  function walkTable(report) {
    const outcome = (step) => node('span', { class: OUTCOMES[step.outcome] || 'soft' }, step.outcome);
    const seen = (step) => node('div', {}, node('p', {}, step.seen),
      step.finding ? node('p', {}, node('b', {}, titleOfId(report, step.finding))) : null);
    const rows = report.probe.steps.map((step) => [step.step, outcome(step), step.seconds === null ? '' : seconds(step.seconds), seen(step)]);
    return table(['Step', 'Outcome', 'Time', 'Seen'], rows, 'walk');
  }

  /* Each is a connection of its own; what failed in none of them needs no table. */
  function trialTable(report) {
    const rows = report.probe.trials.map((trial) => [trial.kind, trial.value, trial.passed, trial.seen]);
    return rows.length ? node('section', {}, node('h3', {}, 'Trials'), table(['What was other', 'Value', 'Went as far as', 'Seen'], rows, 'trials')) : null;
  }

  function lookupTable(report) {
    const rows = report.probe.lookups.map((lookup) => [lookup.by, lookup.addresses.join(', ') || lookup.rcode || '–']);
    return rows.length ? node('section', {}, node('h3', {}, 'Addresses'), table(['Asked', 'Answer'], rows, 'lookups')) : null;
  }

  function probeSubtitle(report) {
    const probe = report.probe, began = report.capture.start ? utc(report.capture.start) : null;
    return (probe.user ? 'as ' + probe.user : 'without an account') + (began ? ', from ' + began : '');
  }

  function walkBox(report) {
    return node('section', { class: 'probe' }, node('h2', {}, report.probe.target), node('p', { class: 'soft' }, probeSubtitle(report)),
      walkTable(report), trialTable(report), lookupTable(report),
      report.sessions.length + report.candidates.length ? null : node('p', {}, 'Verdict: none, as nothing was sent to the server.'));
  }

  // --- a report -----------------------------------------------------------------------------

  /* One link of the table is a stop of the Tab key; the arrow keys lead to the others. */
  function roving(list) {
    const links = [...list.querySelectorAll('a')];
    links.forEach((link, i) => {
      link.setAttribute('tabindex', i ? -1 : 0);
      link.addEventListener('keydown', (press) => {
        const to = links[{ ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: links.length - 1 }[press.key]];
        if (!to)
          return;
        press.preventDefault();
        links.forEach((other) => other.setAttribute('tabindex', other === to ? 0 : -1));
        to.focus();
      });
    });
    return list;
  }

  function overview(report, sessions, kind) {
    const rows = sessions.map((session) => [
      node('a', { href: '#r' + reports.indexOf(report) + '-' + kind.toLowerCase() + session.id },
        [session.id, endOf(report, session)].filter((word) => word !== '').join(', ')),
      session.client, session.server_name || session.server, session.outcome,
      node('span', { class: verdictClass(session) }, titleOf(session.verdict))]);
    return roving(table([kind, 'Client', 'Server', 'Outcome', 'Verdict'], rows, 'overview'));
  }

  /* "5 healthy; 1 User name or password refused": as in the text. */
  function tally(sessions) {
    const place = { healthy: 0, unexplained: 2, inconclusive: 3 };
    const rank = (title) => title in place ? place[title] : 1;
    const numbers = new Map();
    sessions.forEach((session) => numbers.set(titleOf(session.verdict), (numbers.get(titleOf(session.verdict)) || 0) + 1));
    const sorted = [...numbers].sort((a, b) => rank(a[0]) - rank(b[0]) || b[1] - a[1]), faults = sorted.filter(([title]) => rank(title) === 1);
    const named = sorted.filter((pair) => !faults.slice(KINDS_MAX).includes(pair)).map(([title, number]) => number + ' ' + title);
    if (faults.length > KINDS_MAX)
      named.push(sum(faults.slice(KINDS_MAX).map((pair) => pair[1])) + ' of ' + (faults.length - KINDS_MAX) + ' other kind' + (faults.length > KINDS_MAX + 1 ? 's' : ''));
    return named.join('; ');
  }

  /* Of a capture with more sessions than the page has: the verdicts of all. */
  function leftOut(verdicts, shown) {
    const all = sum(verdicts.map((row) => row.number));
    const rows = verdicts.sort((a, b) => b.severity - a.severity || b.number - a.number)
      .map((row) => [node('span', { class: row.finding === 'healthy' ? 'good' : kindOf(row.severity) }, row.title), String(row.number)]);
    return [table(['Verdict', 'Sessions'], rows, 'group'), node('p', { class: 'soft' }, 'Below: the worst ' + shown + ' of ' + all + ' (all: sstpdiag --all).')];
  }

  function hints(report) {
    return report.hints.map((hint) => node('p', {}, node('strong', {}, 'Hint: '), hint.text + ' ', node('code', {}, hint.preference + ':' + hint.value)));
  }

  function reportBox(report) {
    const capture = report.capture;
    const kind = report.sessions.length || !report.candidates.length ? 'Session' : 'Candidate';
    const sessions = kind === 'Session' ? report.sessions : report.candidates;
    const began = capture.start ? utc(capture.start) : null;
    const box = report.probe ? walkBox(report) : node('section', {}, node('h2', {}, capture.file || 'Capture'),
      node('p', { class: 'soft' }, sessions.length + ' ' + kind.toLowerCase() + (sessions.length === 1 ? '' : 's') + ', ' + capture.frames + ' frames, ' +
        seconds(capture.duration) + (began ? ', from ' + began : '')));
    if (report.nothing && !report.probe)
      box.append(node('p', {}, report.nothing.summary + ' ' + report.nothing.advice));
    const order = sessions.slice().sort((a, b) => WORST_FIRST.indexOf(verdictClass(a)) - WORST_FIRST.indexOf(verdictClass(b)));
    if (report.verdicts)
      box.append(...leftOut(report.verdicts, sessions.length));
    else if (sessions.length > 1)
      box.append(node('p', {}, node('b', {}, tally(sessions))));
    if (sessions.length > 1)
      box.append(overview(report, order, kind));
    const boxes = report.pairs.map((pair) => pairBox(report, pair));
    const opened = new Set(order.slice(0, OPEN_MAX));
    box.append(...boxes, ...order.map((session) => sessionBox(report, session, kind, opened.has(session))), ...hints(report));
    return box;
  }

/*{{fleet}}*/

  // --- two attempts -------------------------------------------------------------------------

  /* The report that a comparison is in is the right one's; the left one stands in front of it. */
  function comparisonBox(report, index) {
    const comparison = report.comparison;
    if (!comparison)
      return null;
    const attempt = (side, at) => node('p', {}, node('b', {}, side + ': '), node('a', { href: '#r' + at + '-' + comparison[side].kind + comparison[side].id },
      comparison[side].file + ', ' + comparison[side].kind + ' ' + comparison[side].id), comparison[side].why ? ' (' + comparison[side].why + ')' : '');
    const groups = [...new Set(comparison.rows.map((row) => row.stage))];
    const body = groups.map((stage) => node('tbody', { class: comparison.parts_at && stage === comparison.parts_at ? 'parts' : undefined },
      stage ? node('tr', {}, node('th', { colspan: 3, scope: 'rowgroup' }, stage + (stage === comparison.parts_at ? ' – here they part' : ''))) : null,
      ...comparison.rows.filter((row) => row.stage === stage).map((row) => node('tr', { class: row.result === 'differs' ? 'differs' : undefined },
        node('td', {}, row.words), ...['left', 'right'].map((side) => node('td', {}, row[side] === null ? '–' : row[side]))))));
    return node('section', { class: 'two' }, node('h2', {}, 'Two attempts compared'), attempt('left', index - 1), attempt('right', index),
      node('p', { class: 'parting' }, comparison.summary),
      node('table', { class: 'comparison' }, node('thead', {}, node('tr', {}, ...['', 'left', 'right'].map((text) => node('th', {}, text)))), ...body));
  }

  function openAll() {
    document.querySelectorAll('details.session').forEach((box) => { box.open = true; box.fill(); });
  }

  const page = document.getElementById('page');
  const versions = [...new Set(reports.map((report) => report.version))].join(', ');
  const program = reports.every((report) => report.probe) ? 'sstpprobe' : 'sstpdiag';
  const all = node('button', { type: 'button', class: 'open-all' }, 'Open all sessions');
  all.addEventListener('click', openAll);
  /* What a row of tabs in the browser shows. */
  function pageTitle() {
    if (reports[0].fleet)
      return 'SSTP report of ' + reports[0].fleet.sessions.length + ' sessions';
    const sessions = reports.flatMap((report) => report.sessions.length ? report.sessions : report.candidates);
    const verdict = reports.length === 1 && (report => report.pairs.length === 1 ? report.pairs[0].verdict : sessions.length === 1 && sessions[0].verdict)(reports[0]);
    if (reports.length === 1 && reports[0].probe)
      return (verdict ? titleOf(verdict) + ' – ' : '') + reports[0].probe.target;
    return verdict ? titleOf(verdict) + ' – ' + (sessions[0].server_name || sessions[0].server) : 'SSTP report';
  }

  document.title = pageTitle();
  page.append(node('h1', {}, 'SSTP report'), node('p', { class: 'soft' }, program + ' ' + versions),
    ...(reports[0].fleet ? [fleetBox(reports[0].fleet)] : reports.map(comparisonBox).filter(Boolean).concat(reports.map(reportBox))));
  const first = page.querySelector('.verdict');
  if (first && page.querySelector('.overview')) {
    first.id = 'first-verdict';
    first.setAttribute('tabindex', -1);
    page.prepend(node('a', { href: '#first-verdict', class: 'skip' }, 'To the first verdict'));
  }
  const boxes = page.querySelectorAll('details.session');
  if (boxes.length > OPEN_MAX)
    page.querySelector('h1').nextSibling.after(all);
  boxes.forEach((box) => box.fill());
  page.querySelectorAll('section').forEach((section) => section.draw && !section.closest('details') && section.draw());
  window.addEventListener('beforeprint', () => Object.values(Chart.instances).forEach((chart) => chart.resize()));
  window.addEventListener('hashchange', () => {
    const box = document.getElementById(location.hash.slice(1));
    if (box && box.tagName === 'DETAILS') {
      box.open = true;
      box.scrollIntoView();
    }
  });
})();
